"""y = 1 - x, what is left of a share."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula, number
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Complement(Elementwise):
    """y = 1 - x; y' = -1."""

    derivable = False

    def of(self, z: Formula) -> Formula:
        return 1 - z

    def slope(self, z: Formula, a: Formula) -> Formula:
        return number(-1)

    def values(self, z: "Array") -> "Array":
        return 1.0 - z

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return 0.0 * z - 1.0

    def rule(self) -> str:
        return "the slope of 1 - x is -1"
