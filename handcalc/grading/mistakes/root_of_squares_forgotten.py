"""The mean square itself where its root divides."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class RootOfSquaresForgotten(Mistake):
    """η·m̂/(v̂ + ε) in place of η·m̂/(√v̂ + ε)."""

    said: ClassVar[str] = "the root of the mean square was not taken"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _rows.changed(step, _bare)


def _bare(_: Ref, formula: Formula) -> Formula | None:
    made = _rows.without_roots(formula)
    return None if made == formula else made
