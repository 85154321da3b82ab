"""A factor left out of a formula, or of a slope."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Product, Symbol, number
from handcalc.formula.calculus import derivative
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.mistakes.local_slope_forgotten import LocalSlopeForgotten
from handcalc.grading.step import Step


class FactorLeftOut(Mistake):
    """(y - t)² in place of 1/2·(y - t)², in a value and in its slopes; y - t in place of 2·(y - t)."""

    said: ClassVar[str] = "a factor was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        formulas = (
            *_definitions.with_changed(step, _forms),
            *_definitions.with_slopes(step, _slopes),
        )
        # A slope that is but this factor is left out as a whole, which has a name of its own.
        passed_on = set(LocalSlopeForgotten().formulas(step))
        yield from (formula for formula in formulas if _plain(formula) not in passed_on)


def _forms(formula: Formula) -> Iterator[Formula]:
    return _definitions.changed_once(formula, _shorter)


def _slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
    return _forms(derivative(formula, by))


def _plain(formula: Formula) -> Formula:
    """A product without its ones."""
    if not isinstance(formula, Product):
        return formula
    kept = tuple(factor for factor in formula.factors if factor != number(1))
    return kept[0] if len(kept) == 1 else Product(kept)


def _shorter(part: Formula) -> Iterator[Formula]:
    """A product without one of its factors."""
    if isinstance(part, Product):
        for place in range(len(part.factors)):
            kept = (*part.factors[:place], *part.factors[place + 1 :])
            yield kept[0] if len(kept) == 1 else Product(kept)
