"""The optimizers: one file each, listed here. The word behind `optimizer:` is its module."""

from importlib import import_module

from pydantic import BaseModel

OPTIMIZERS = {"sgd": "Sgd"}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.optimizers.{word}")
    found: type[BaseModel] = getattr(module, OPTIMIZERS[word])
    return found
