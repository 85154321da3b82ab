"""The gradient itself where its square is averaged."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class SquareOfGradientForgotten(Mistake):
    """v = β2·v_old + (1 - β2)·g in place of (1 - β2)·g²."""

    said: ClassVar[str] = "the gradient was not squared"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _rows.changed(step, _bare)


def _bare(_: Ref, formula: Formula) -> Formula | None:
    made = _rows.without_squares(formula)
    return None if made == formula else made
