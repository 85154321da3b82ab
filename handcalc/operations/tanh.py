"""a = tanh z; its slope is 1 - a², at most 1."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula, exp, tanh
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Tanh(Elementwise):
    """tanh z = (e^z - e^(-z))/(e^z + e^(-z)); tanh' z = 1 - a² with a = tanh z."""

    def of(self, z: Formula) -> Formula:
        return tanh(z)

    def expanded(self, z: Formula) -> Formula:
        return (exp(z) - exp(-z)) / (exp(z) + exp(-z))

    def slope(self, z: Formula, a: Formula) -> Formula:
        return 1 - a**2

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.tanh(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return 1.0 - a**2

    def rule(self) -> str:
        return "the slope of tanh is one minus the square of its output"
