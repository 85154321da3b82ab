"""A row copied from the row above it or below it."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _cells
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class RowCopied(Mistake):
    """y_(i-1)j, as it was typed, in place of y_ij, along a whole row."""

    said: ClassVar[str] = "a row was copied from the one above or below it"
    least: ClassVar[int] = 2

    def formulas(self, step: Step) -> Iterator[Formula]:
        *_, rows, columns = (0, *_cells.axes_of(step)) if len(_cells.axes_of(step)) > 1 else (0, 0)
        element = step.element
        if rows == columns or element is None:
            return
        if step.steps.network.quantities[element.quantity].shape[columns] < self.least:
            return
        for move in (-1, 1):
            for ref in _cells.beside(step, {rows: move}):
                yield step.steps.leaf(ref)
