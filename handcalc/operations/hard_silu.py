"""a = z·max(0, min(1, z/6 + 1/2)), z times its hard sigmoid; also called hard swish."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Case, Cases, Formula, number
from handcalc.operations._elementwise import Elementwise
from handcalc.operations.hard_sigmoid import HardSigmoid

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class HardSilu(Elementwise):
    """a = z·(z/6 + 1/2) between z = -3 and 3, with slope z/3 + 1/2; 0 below, with slope 0, and z above, with slope 1.

    At both corners the slope is that outside.
    """

    kinks: ClassVar[tuple[float, ...]] = (-3.0, 3.0)

    def of(self, z: Formula) -> Formula:
        return z * HardSigmoid().of(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        _, half = HardSigmoid().coefficients()
        outside = (Case(number(0), z, "<=", number(-3)), Case(number(1), z, ">=", number(3)))
        return Cases(outside, z / 3 + half)

    def values(self, z: "Array") -> "Array":
        return z * HardSigmoid().values(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        return np.where(z <= -3.0, 0.0, np.where(z >= 3.0, 1.0, z / 3.0 + 0.5))

    def rule(self) -> str:
        return "the slope of the hard SiLU is z/3 + 1/2 where -3 < z < 3, below that 0 and above it 1; at both corners it is that outside"
