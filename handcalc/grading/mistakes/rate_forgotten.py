"""The learning rate left out."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _update
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class RateForgotten(Mistake):
    """w - ∂E/∂w in place of w - η·∂E/∂w."""

    said: ClassVar[str] = "the learning rate was left out of the update"

    def formulas(self, step: Step) -> Iterator[Formula]:
        # A rate of 1 can be left out, and multiplied in as often as one likes.
        if _update.rate_of(step) != 1:
            yield from _update.with_rate(step, lambda _: number(1))
