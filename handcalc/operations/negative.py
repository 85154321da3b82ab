"""y = -x."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Negative(Elementwise):
    """y = -x; y' = -1."""

    overflows: ClassVar[bool] = True
    derivable = False

    def of(self, z: Formula) -> Formula:
        return -z

    def slope(self, z: Formula, a: Formula) -> Formula:
        return number(-1)

    def values(self, z: "Array") -> "Array":
        return -z

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return 0.0 * z - 1.0

    def rule(self) -> str:
        return "the slope of -x is -1"
