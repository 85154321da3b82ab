"""The right numbers in the wrong places: the matrix transposed, mirrored or turned."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _cells
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class MatrixTurned(Mistake):
    """y_ji, y_i(n-j) or y_(n-i)(n-j) in place of y_ij."""

    said: ClassVar[str] = "the matrix was transposed, mirrored or turned"
    least: ClassVar[int] = 2

    def formulas(self, step: Step) -> Iterator[Formula]:
        axes, element = _cells.axes_of(step), step.element
        if len(axes) != 2 or element is None:
            return
        shape = step.steps.network.quantities[element.quantity].shape
        rows, columns = (shape[axis] for axis in axes)
        i, j = (element.index[axis] for axis in axes)
        places = [(i, columns - 1 - j), (rows - 1 - i, j), (rows - 1 - i, columns - 1 - j)]
        if rows == columns:
            places = [(j, i), *places, (j, columns - 1 - i), (rows - 1 - j, i)]
        for place in dict.fromkeys(places):
            index = list(element.index)
            for axis, at in zip(axes, place, strict=True):
                index[axis] = at
            if place != (i, j):
                formula = step.steps.formula(step.of_other(replace(element, index=tuple(index))))
                if formula is not None:
                    yield formula
