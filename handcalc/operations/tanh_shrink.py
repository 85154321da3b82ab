"""a = z - tanh z; its slope is the square of tanh z."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula, tanh
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class TanhShrink(Elementwise):
    """a = z - tanh z; the slope is tanh² z = (z - a)²."""

    def of(self, z: Formula) -> Formula:
        return z - tanh(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return (z - a) ** 2

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return z - np.tanh(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.tanh(z) ** 2

    def rule(self) -> str:
        return "the slope is tanh² z, and tanh z is what is taken from z"
