"""The losses: one file each, listed here. The word behind `loss:` is the name of its module."""

from importlib import import_module

from pydantic import BaseModel

LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.losses.{word}")
    found: type[BaseModel] = getattr(module, LOSSES[word])
    return found
