"""a = z/(1 + |z|), between -1 and 1; its slope is 1/(1 + |z|)²."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula, maximum
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Softsign(Elementwise):
    """softsign(z) = z/(1 + |z|); softsign'(z) = 1/(1 + |z|)²; |z| is the larger of z and -z."""

    def of(self, z: Formula) -> Formula:
        return z / (1 + maximum(z, -z))

    def slope(self, z: Formula, a: Formula) -> Formula:
        return 1 / (1 + maximum(z, -z)) ** 2

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return z / (1.0 + np.abs(z))

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return 1.0 / (1.0 + np.abs(z)) ** 2

    def rule(self) -> str:
        return "the slope of softsign is one over the square of its denominator; |z| is the larger of z and -z"
