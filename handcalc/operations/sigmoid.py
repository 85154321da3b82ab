"""a = 1/(1 + e^(-z)), the sigmoid; its slope is a(1 - a), at most 1/4."""

from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, exp
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Sigmoid(Elementwise):
    """σ(z) = 1/(1 + e^(-z)); σ'(z) = a(1 - a) with a = σ(z)."""

    part_words: ClassVar[tuple[Literal["exp"], ...]] = ("exp",)

    def of(self, z: Formula) -> Formula:
        return 1 / (1 + exp(-z))

    def power(self, z: Formula) -> Formula | None:
        return exp(-z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        return a * (1 - a)

    def values(self, z: "Array") -> "Array":
        import numpy as np

        # e^(-|z|) never overflows: 1/(1 + e^(-z)) for z >= 0, e^z/(1 + e^z) below.
        small = np.exp(-np.abs(z))
        return np.where(z >= 0, 1.0, small) / (1.0 + small)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        return a * (1.0 - a)

    def rule(self) -> str:
        return "the slope of the sigmoid is its output times one minus its output"
