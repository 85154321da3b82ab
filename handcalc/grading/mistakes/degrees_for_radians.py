"""An angle taken in degrees."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import PI, Call, Formula, Symbol, with_parts
from handcalc.formula.calculus import derivative
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class DegreesForRadians(Mistake):
    """sin(x·π/180) in place of sin x, as a calculator has it that is set to degrees."""

    said: ClassVar[str] = "the angle was taken in degrees"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_changed(step, _values)
        yield from _definitions.with_slopes(step, _slopes)


def _values(formula: Formula) -> Iterator[Formula]:
    found = _in_degrees(formula)
    if found != formula:
        yield found


def _slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
    """The rules of calculus as they stand, and the angle in degrees when it is typed."""
    return _values(derivative(formula, by))


def _in_degrees(part: Formula) -> Formula:
    if isinstance(part, Call) and part.name in ("sin", "cos", "tan"):
        return Call(part.name, (_in_degrees(part.arguments[0]) * PI / 180,))
    return with_parts(part, _in_degrees)
