"""The slope of the inner function left out of the chain rule."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Leaf, Number, Symbol, substitute, total
from handcalc.formula.calculus import derivative
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class InnerSlopeForgotten(Mistake):
    """cos(3x) in place of cos(3x)·3."""

    said: ClassVar[str] = "the inner derivative was left out of the chain rule"
    covers: ClassVar[tuple[str, ...]] = ("factor_left_out",)

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_slopes(step, _slopes)


def _slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
    """d/dx f(x, u) with u for an inner function of x, as if its slope were 1."""
    for outer, inner, inside in _definitions.inner_parts(formula, by):

        def back(leaf: Leaf, inner: Formula = inner, inside: Symbol = inside) -> Formula:
            return inner if leaf == inside else leaf

        slopes = [derivative(outer, symbol) for symbol in (by, inside)]
        there = [slope for slope in slopes if slope != Number(0)]
        if there:
            yield substitute(total(there), back)
