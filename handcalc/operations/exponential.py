"""a = e^z; its slope is a."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, exp
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Exponential(Elementwise):
    """a = e^z; the slope is a."""

    overflows: ClassVar[bool] = True

    def of(self, z: Formula) -> Formula:
        return exp(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return a

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.exp(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return a.copy()

    def rule(self) -> str:
        return "the slope of e^z is e^z itself, the output"
