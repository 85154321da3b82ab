"""R = λ Σ w², the sum of the squares of the weights; with `half` λ/2 Σ w²."""

from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.operations._penalty import Penalty

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class L2Penalty(Penalty):
    """∂R/∂w = 2λ·w, with `half` λ·w: every weight is drawn to 0 the more the larger it is."""

    def of(self, w: Formula) -> Formula:
        return w**2

    def slope(self, w: Formula, rate: Formula) -> Formula:
        return rate * w if self.half else 2 * rate * w

    def values(self, w: "Array") -> "Array":
        return w**2

    def slopes(self, w: "Array") -> "Array":
        return 2 * w

    def rule(self) -> str:
        return "the square brings down a 2" + ", which the half takes away" * self.half
