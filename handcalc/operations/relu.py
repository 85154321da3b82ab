"""a = max(0, z), the rectifier; slope 1 above 0, 0 below, and 0 at 0, as frameworks have it."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.fields import Bit
from handcalc.formula import Case, Cases, Formula, maximum, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Relu(Elementwise):
    """ReLU(z) = max(0, z); ReLU'(z) = 1 for z > 0, else 0 (`slope_at_zero: 0` or 1 at z = 0)."""

    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    slope_at_zero: Bit = 0

    def of(self, z: Formula) -> Formula:
        return maximum(number(0), z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        relation = ">=" if self.slope_at_zero else ">"
        return Cases((Case(number(1), z, relation, number(0)),), number(0))

    def values(self, z: "Array") -> "Array":
        import numpy as np

        return np.maximum(z, 0.0)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return (z >= 0.0 if self.slope_at_zero else z > 0.0).astype(float)

    def rule(self) -> str:
        return f"ReLU passes the gradient where z > 0 and stops it elsewhere; at 0 the slope is {self.slope_at_zero}"
