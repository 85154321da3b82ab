"""a = z, no activation; slope 1."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Linear(Elementwise):
    """linear(z) = z; slope 1."""

    def of(self, z: Formula) -> Formula:
        return z

    def slope(self, z: Formula, a: Formula) -> Formula:
        return number(1)

    def values(self, z: "Array") -> "Array":
        return z.copy()

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.ones_like(z)

    def rule(self) -> str:
        return "the output is the input, so the slope is 1"
