"""The slopes of the two factors of a product swapped."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Power, Product, Symbol, number
from handcalc.formula.calculus import derivative
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class FactorsSwapped(Mistake):
    """∂(x·y)/∂x = x in place of y."""

    said: ClassVar[str] = "the slopes of the two factors of a product were swapped"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_slopes(step, _slopes)


def _slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
    """By x: x²/2 has the slope x, which stands then where x·y has the slope y."""

    def squared(part: Formula) -> Iterator[Formula]:
        if isinstance(part, Product) and len(part.factors) == 2 and by in part.factors:
            a, b = part.factors
            if a != b and isinstance(a, Symbol) and isinstance(b, Symbol):
                yield Power(by, number(2)) / 2

    for other in _definitions.changed_once(formula, squared):
        yield derivative(other, by)
