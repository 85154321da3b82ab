"""The optimizers: one file each, listed here. The word behind `optimizer:` is its module."""

from importlib import import_module

from pydantic import BaseModel

OPTIMIZERS = {
    "sgd": "Sgd",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "Rmsprop",
    "adadelta": "Adadelta",
    "adam": "Adam",
    "adamw": "Adamw",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "perceptron": "Perceptron",
    "delta_rule": "DeltaRule",
    "hebb": "Hebb",
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.optimizers.{word}")
    found: type[BaseModel] = getattr(module, OPTIMIZERS[word])
    return found
