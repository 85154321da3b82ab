"""The questions: one file each, listed here. A word of `ask:` is the name of its module."""

from importlib import import_module
from typing import Any

QUESTIONS = ("forward", "loss", "gradients", "update")


def load(word: str) -> Any:
    """The module behind a word; its `write` adds the answer to a worked solution."""
    return import_module(f"handcalc.questions.{word}")
