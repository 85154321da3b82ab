"""The layers: one file each, listed here. A word of the file is the name of its module."""

from importlib import import_module

from pydantic import BaseModel

LAYERS = {
    "average_pooling2d": "AveragePooling2d",
    "conv2d": "Conv2d",
    "dense": "Dense",
    "flatten": "Flatten",
    "max_pooling2d": "MaxPooling2d",
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.layers.{word}")
    found: type[BaseModel] = getattr(module, LAYERS[word])
    return found
