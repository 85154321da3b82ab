"""A logarithm to another base in a formula."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Call, Formula, with_parts
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step

_BASES = ("log10", "ln", "log2")


class OtherLogarithm(Mistake):
    """log10 x in place of ln x, and the other way round."""

    said: ClassVar[str] = "the logarithm was taken to another base"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_changed(step, _others)


def _others(formula: Formula) -> Iterator[Formula]:
    for name in _BASES:
        found = _to_base(formula, name)
        if found != formula:
            yield found


def _to_base(part: Formula, name: str) -> Formula:
    inner = with_parts(part, lambda inside: _to_base(inside, name))
    is_one = isinstance(inner, Call) and inner.name in _BASES
    return Call(name, inner.arguments) if is_one and isinstance(inner, Call) else inner
