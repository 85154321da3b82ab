"""The right numbers in the wrong places: the matrix transposed, mirrored or turned."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient


class MatrixTurned(Mistake):
    """y_ji, y_i(n-j) or y_(n-i)(n-j) in place of y_ij."""

    said: ClassVar[str] = (
        "the numbers stand in other places of the matrix: transposed, mirrored or turned"
    )

    def formulas(self, step: Step) -> Iterator[Formula]:
        element = step.ref.by if isinstance(step.ref, Gradient) else step.ref
        if step.group == step.key or not isinstance(element, Element) or len(element.index) != 2:
            return
        rows, columns = step.steps.network.quantities[element.quantity].shape
        i, j = element.index
        places = [(j, i), (i, columns - 1 - j), (rows - 1 - i, j), (rows - 1 - i, columns - 1 - j)]
        for a, b in places:
            if (a, b) != (i, j) and a < rows and b < columns:
                other = replace(element, index=(a, b))
                ref = Gradient(other) if isinstance(step.ref, Gradient) else other
                formula = step.steps.formula(ref)
                if formula is not None:
                    yield formula
