"""R = λ Σ |w|, the sum of the sizes of the weights."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Case, Cases, Formula, absolute, number
from handcalc.operations._penalty import Penalty

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class L1Penalty(Penalty):
    """∂R/∂w = λ where w > 0, -λ where w < 0, and 0 at 0: every weight is drawn to 0 alike."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({"shapes": ((), (2,), (2, 2))},)

    def of(self, w: Formula) -> Formula:
        return absolute(w)

    def slope(self, w: Formula, rate: Formula) -> Formula:
        above = Case(rate, w, ">", number(0))
        return Cases((above, Case(-rate, w, "<", number(0))), number(0))

    def values(self, w: "Array") -> "Array":
        import numpy as np

        return np.abs(w)

    def slopes(self, w: "Array") -> "Array":
        import numpy as np

        return np.sign(w)

    def at_corner(self, *arrays: "Array") -> bool:
        return any(bool((w == 0).any()) for w in arrays[1:])

    def rule(self) -> str:
        return "the slope of an absolute value is the sign of what is inside; at 0 it is taken as 0"
