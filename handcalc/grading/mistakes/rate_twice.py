"""The learning rate multiplied in twice."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _update
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class RateTwice(Mistake):
    """w - η²·∂E/∂w in place of w - η·∂E/∂w."""

    said: ClassVar[str] = "the learning rate was multiplied in twice"

    def formulas(self, step: Step) -> Iterator[Formula]:
        # A rate of 1 can be left out, and multiplied in as often as one likes.
        if _update.rate_of(step) != 1:
            yield from _update.with_rate(step, lambda rate: rate * rate)
