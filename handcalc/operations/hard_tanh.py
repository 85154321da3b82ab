"""a = max(-1, min(1, z)), tanh as a straight line that is cut off, or cut off at other ends."""

from fractions import Fraction
from typing import Any, ClassVar, Self

from pydantic import model_validator

from handcalc.fields import Given, mistake
from handcalc.formula import Formula, Number
from handcalc.operations._clipped import Clipped


class HardTanh(Clipped):
    """a = z between `min_val` and `max_val`; slope 1 there, else 0."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({}, {"min_val": "-0.5", "max_val": "1.5"})

    min_val: Given = Given.of("-1")
    max_val: Given = Given.of("1")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_val.value >= self.max_val.value:
            raise mistake(
                f"cuts off below {self.min_val.text} and above {self.max_val.text}; write the smaller number as min_val"
            )
        return self

    def ends(self) -> tuple[Number, Number]:
        low, high = (Number(given.value, given.text) for given in (self.min_val, self.max_val))
        return low, high

    def coefficients(self) -> tuple[Number, Number]:
        return Number(Fraction(1)), Number(Fraction(0))

    def line(self, z: Formula) -> Formula:
        return z

    def rule(self) -> str:
        low, high = self.min_val.text, self.max_val.text
        return f"the hard tanh passes the gradient where {low} < z < {high} and stops it elsewhere; at both corners the slope is 0"
