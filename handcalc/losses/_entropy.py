"""What the cross-entropies share: the base of their logarithm, and rows of classes."""

import math
from fractions import Fraction
from typing import Literal

from handcalc.formula import Formula, exp, log, number, total
from handcalc.losses._loss import Loss, scaled
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape
from handcalc.operations.softmax import Softmax


class Entropy(Loss):
    """The logarithm is natural; `log: 2` or `log: 10` takes another base."""

    log: Literal["e", "2", "10"] = "e"

    @property
    def _ln(self) -> str:
        return "ln" if self.log == "e" else f"log{self.log}"

    @property
    def _per_ln(self) -> str:
        """What natural logarithms are divided by, in a title."""
        return "" if self.log == "e" else f"/ln {self.log}"

    @property
    def _unit(self) -> float:
        return 1.0 if self.log == "e" else math.log(int(self.log))

    def _over(self, formula: Formula) -> Formula:
        """Of natural logarithms, or of their slopes: divided by the logarithm of the base."""
        return formula if self.log == "e" else formula / log(number(int(self.log)))

    def _scaled(self, factor: Fraction, formula: Formula) -> Formula:
        return self._over(scaled(factor, formula))


def row(at: Index, shape: Shape) -> list[Index]:
    """The places of the classes beside one of them: the last axis is theirs."""
    return [(*at[:-1], j) for j in range(shape[-1])]


def is_softmax(activation: Operation, axes: int) -> bool:
    """Is it the softmax to the base e along the classes?"""
    if not isinstance(activation, Softmax) or activation.base is not None:
        return False
    return activation.axis in (0, axes) or axes == 1


def exp_sum(scores: list[Formula]) -> Formula:
    """Σ e^z_j."""
    return total(map(exp, scores))
