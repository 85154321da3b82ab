"""Squared hinge loss of two classes: E = 1/n Σ max(0, 1 - t·y)², the targets being -1 and 1."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, maximum, number
from handcalc.losses.hinge import Hinge

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class SquaredHinge(Hinge):
    """∂E/∂y_i = -2/n t_i max(0, 1 - t_i·y_i): the square has no corner at the margin."""

    corner: ClassVar[str] = ""

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return (
            f"squared hinge loss, {E} = {self.sign} max(0, {self.margin.text} - {t}·{o})², "
            f"with {t} = -1 or 1 for the two classes"
        )

    def of(self, y: Formula, t: Formula) -> Formula:
        return maximum(number(0), self.missing(y, t)) ** 2

    def slope(self, y: Formula, t: Formula) -> Formula:
        return -(2 * t * maximum(number(0), self.missing(y, t)))

    def values(self, y: "Array", t: "Array") -> "Array":
        import numpy as np

        return np.maximum(self.rests(y, t), 0.0) ** 2

    def slopes(self, y: "Array", t: "Array") -> tuple["Array", "Array"]:
        import numpy as np

        twice = 2 * np.maximum(self.rests(y, t), 0.0)
        return -t * twice, -y * twice

    def at_corner(self, *arrays: "Array") -> bool:
        return False

    def rule(self) -> str:
        return "the square brings down a 2, and what is missing to the margin pulls by the target's sign"
