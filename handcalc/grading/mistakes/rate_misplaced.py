"""The decimal point of the learning rate in another place."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from handcalc.formula import Formula, Leaf, Number
from handcalc.grading.mistakes import _update
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class RateMisplaced(Mistake):
    """0.05 in place of η = 0.5."""

    said: ClassVar[str] = "the decimal point of the learning rate was put in another place"

    def formulas(self, step: Step) -> Iterator[Formula]:
        rate = _update.rate_of(step)
        for power in (-1, 1, -2, 2):
            factor = Fraction(10) ** power

            def moved(leaf: Leaf, factor: Fraction = factor) -> Formula:
                return Number(factor) * leaf

            # From 0.1 to 1 it is not moved but left out.
            if rate is not None and factor * rate != 1:
                yield from _update.with_rate(step, moved)
