"""An exponent left out of a formula, or of a slope."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Number, Power, Symbol
from handcalc.formula.calculus import derivative
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class ExponentLeftOut(Mistake):
    """x in place of x², in a value; 3x in place of 3x² in a slope."""

    said: ClassVar[str] = "an exponent was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_values(step, _forms)
        yield from _definitions.with_slopes(step, _slopes)


def _forms(formula: Formula) -> Iterator[Formula]:
    return _definitions.changed_once(formula, _without)


def _slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
    return _forms(derivative(formula, by))


def _without(part: Formula) -> Iterator[Formula]:
    """The base of a power; that of e^x is no number that somebody would write alone."""
    if isinstance(part, Power) and not isinstance(part.base, Number):
        yield part.base
