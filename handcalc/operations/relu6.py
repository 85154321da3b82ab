"""a = max(0, min(6, z)), the rectifier that is cut off at 6."""

from fractions import Fraction

from handcalc.formula import Formula, Number
from handcalc.operations._clipped import Clipped


class Relu6(Clipped):
    """a = z between 0 and 6; slope 1 there, else 0."""

    def ends(self) -> tuple[Number, Number]:
        return Number(Fraction(0)), Number(Fraction(6))

    def coefficients(self) -> tuple[Number, Number]:
        return Number(Fraction(1)), Number(Fraction(0))

    def line(self, z: Formula) -> Formula:
        return z

    def rule(self) -> str:
        return "ReLU6 passes the gradient where 0 < z < 6 and stops it elsewhere; at both corners the slope is 0"
