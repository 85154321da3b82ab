"""The number of a neighbouring cell."""

from collections.abc import Iterator
from itertools import product
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _cells, _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step

MOST_AXES = 2


class CellMisplaced(Mistake):
    """y_i(j+1) in place of y_ij: the neighbour's number as it was typed, or what belongs there."""

    said: ClassVar[str] = "the number of the place beside it was written"
    systematic: ClassVar[bool] = False

    def formulas(self, step: Step) -> Iterator[Formula]:
        axes = _cells.axes_of(step)[-MOST_AXES:]
        for moves in product((0, -1, 1), repeat=len(axes)):
            for ref in _cells.beside(step, dict(zip(axes, moves, strict=True))):
                yield step.steps.leaf(ref)
                formula = step.steps.formula(ref)
                # Under a window what belongs there is the window moved on, which has a name of its own.
                if formula is not None and _windows.window_of(step, step.ref) is None:
                    yield formula
