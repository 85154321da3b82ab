"""The schedules of the learning rate: one file each. The word behind `schedule:` is its module."""

from importlib import import_module

from pydantic import BaseModel

SCHEDULES = {
    "step_decay": "StepDecay",
    "exponential_decay": "ExponentialDecay",
    "inverse_time_decay": "InverseTimeDecay",
    "cosine_decay": "CosineDecay",
    "linear_warmup": "LinearWarmup",
}


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.schedules.{word}")
    found: type[BaseModel] = getattr(module, SCHEDULES[word])
    return found
