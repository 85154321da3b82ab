"""A finite difference that was not divided by the step."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Quotient
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Part


class DifferenceNotDivided(Mistake):
    """f(x + h) - f in place of (f(x + h) - f)/h."""

    said: ClassVar[str] = "the difference was not divided by the step"
    # A step of 0.1 or 0.01 moves the point.
    covers: ClassVar[tuple[str, ...]] = ("point_moved",)

    def formulas(self, step: Step) -> Iterator[Formula]:
        whole = step.formula
        is_one = isinstance(step.ref, Part) and step.ref.word == "difference"
        if is_one and isinstance(whole, Quotient):
            yield whole.top
