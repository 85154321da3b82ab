"""Absolute error: E = 1/n Σ |y - t|, n being the number of outputs; `factor: sum` leaves out the 1/n."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Case, Cases, Formula, absolute, number
from handcalc.losses._each import EachOutput

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MeanAbsoluteError(EachOutput):
    """∂E/∂y_i = 1/n where y_i > t_i, -1/n where y_i < t_i, and 0 where they are equal, as frameworks have it."""

    corner: ClassVar[str] = "Where {o} = {t} the absolute value has a corner; the slope taken is 0."

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return f"absolute error, {E} = {self.sign} |{o} - {t}|"

    def of(self, y: Formula, t: Formula) -> Formula:
        return absolute(y - t)

    def slope(self, y: Formula, t: Formula) -> Formula:
        above = Case(number(1), y - t, ">", number(0))
        return Cases((above, Case(number(-1), y - t, "<", number(0))), number(0))

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        return np.abs(y - t)

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        import numpy as np

        sign = np.sign(y - t)
        return sign, -sign

    def at_corner(self, *arrays: "Array") -> bool:
        return bool((arrays[0] == arrays[1]).any())

    def rule(self) -> str:
        return "the slope of an absolute value is the sign of what is inside; at 0 it is taken as 0"
