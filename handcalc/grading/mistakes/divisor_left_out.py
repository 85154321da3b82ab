"""A division left out of a formula, or of a slope."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Number, Quotient
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class DivisorLeftOut(Mistake):
    """x in place of x/n, in a value and in its slopes."""

    said: ClassVar[str] = "a division was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_changed(
            step, lambda formula: _definitions.changed_once(formula, _undivided)
        )


def _undivided(part: Formula) -> Iterator[Formula]:
    """What stands above the bar alone; 1/2 in front of a product is a factor of it."""
    if isinstance(part, Quotient) and not isinstance(part.top, Number):
        yield part.top
