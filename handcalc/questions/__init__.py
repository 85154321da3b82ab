"""The questions: one file each, listed here. A word of `ask:` is the name of its module."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """Its task in words, and what it needs of the file: of each line one field."""

    task: str
    needs: tuple[tuple[str, ...], ...] = ()
    if_asked: bool = False
    """Is it answered only when the file asks for it?"""
    of_values: str = ""
    """Its task where the file has values of its own, the last of them called {f}."""


QUESTIONS = {
    "shapes": Question("the sizes of every layer", if_asked=True),
    "parameters": Question("how many weights every layer has", if_asked=True),
    "multiply_adds": Question("how many multiplications and additions they take", if_asked=True),
    "receptive_field": Question(
        "how much of the input each cell of a layer depends on", if_asked=True
    ),
    "forward": Question(
        "the values of every layer", (("layers", "values"),), of_values="every value"
    ),
    "slopes": Question(
        "how steep each activation is, and what that leaves of a gradient through depth",
        if_asked=True,
    ),
    "loss": Question("the loss", (("loss", "minimize"),), of_values="{f}"),
    "gradients": Question(
        "the gradient of the loss by every weight and bias",
        (("loss", "output_gradient", "minimize"),),
        of_values="the gradient of {f}",
    ),
    "finite_differences": Question(
        "how much the value changes when a number is moved by h, over h",
        (("finite_difference",), ("minimize",)),
        of_values="how much {f} changes when a number is moved by h, over h",
    ),
    "update": Question(
        "every weight and bias after one step, and the loss with them",
        (("loss", "output_gradient", "minimize", "rule", "gradients"), ("optimizer",)),
        of_values="every learned number after one step, and {f} with them",
    ),
}


COUNTED = frozenset({"shapes", "parameters", "multiply_adds", "receptive_field"})
"""Questions that need no numbers and no formulas of elements."""


def load(word: str) -> Any:
    """The module behind a word; its `write` adds the answer to a worked solution."""
    return import_module(f"handcalc.questions.{word}")
