"""a = z·σ(z), the sigmoid linear unit, also called swish."""

from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, exp
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Silu(Elementwise):
    """SiLU(z) = z/(1 + e^(-z)); SiLU'(z) = a + (1 - a)·σ(z)."""

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)

    def of(self, z: Formula) -> Formula:
        return z / (1 + exp(-z))

    def power(self, z: Formula) -> Formula | None:
        return exp(-z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return a + (1 - a) / (1 + exp(-z))

    def values(self, z: "Array") -> "Array":
        return z * _sigmoid(z)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return a + (1.0 - a) * _sigmoid(z)

    def rule(self) -> str:
        return "the slope of SiLU is its output plus one minus its output times the sigmoid of z"


def _sigmoid(z: "Array") -> "Array":
    import numpy as np

    return np.exp(-np.logaddexp(0.0, -z))
