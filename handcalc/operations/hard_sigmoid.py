"""a = max(0, min(1, z/6 + 1/2)), the sigmoid as a straight line that is cut off at 0 and at 1."""

from fractions import Fraction
from typing import Any, ClassVar, Literal

from handcalc.formula import Formula, Number
from handcalc.operations._clipped import Clipped


class HardSigmoid(Clipped):
    """a = z/6 + 1/2 between z = -3 and 3, as in Keras 3 and PyTorch; slope 1/6 there, else 0.

    `form: keras2` is the one before: 0.2·z + 0.5 between z = -2.5 and 2.5.
    """

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"form": "keras2"})

    form: Literal["keras3", "keras2"] = "keras3"

    def ends(self) -> tuple[Number, Number]:
        return Number(Fraction(0)), Number(Fraction(1))

    def coefficients(self) -> tuple[Number, Number]:
        if self.form == "keras2":
            return Number(Fraction("0.2"), "0.2"), Number(Fraction("0.5"), "0.5")
        return Number(Fraction(1, 6), "1/6"), Number(Fraction(1, 2), "1/2")

    def line(self, z: Formula) -> Formula:
        m, c = self.coefficients()
        return m * z + c if self.form == "keras2" else z / 6 + c

    def rule(self) -> str:
        m, (left, right) = self.coefficients()[0].text, self.kinks
        return f"the hard sigmoid passes {m} of the gradient where {left:g} < z < {right:g} and stops it elsewhere; at both corners the slope is 0"
