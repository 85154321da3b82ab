"""The layers: one file each, listed here. A word of the file is the name of its module."""

from importlib import import_module

from pydantic import BaseModel

LAYERS = {"dense": "Dense"}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.layers.{word}")
    found: type[BaseModel] = getattr(module, LAYERS[word])
    return found
