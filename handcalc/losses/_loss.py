"""The contract of a loss: one number from the outputs y and the targets t, and its derivative."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from handcalc.formula import Formula, Number, number
from handcalc.number import Exact
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A loss and an activation whose derivatives cancel: ∂E/∂z_i in one formula.

    `lines` lead from the chain rule to `formula`, each with its reason. The last of them may need
    something of the targets: that they add to 1.
    """

    formula: Formula
    lines: tuple[tuple[Formula, str], ...]
    targets_add_to_one: bool = False


class Loss(Operation):
    """E from y and t. Slot 0 is the output y, slot 1 the target t; only y is differentiated."""

    slots: ClassVar[tuple[str, ...]] = ("y", "t")
    derivable: ClassVar[bool] = True
    takes_shares: ClassVar[bool] = False
    """Are outputs and targets shares from 0 to 1?"""
    targets_add_to_one: ClassVar[bool] = False
    """Are the targets of one sample the probabilities of classes?"""

    @abstractmethod
    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        """The name and the formula in a few words, with the letters of the file."""

    @abstractmethod
    def slope(self, y: Formula, t: Formula, n: int) -> Formula:
        """∂E/∂y for one of n outputs."""

    @abstractmethod
    def share(self, y: Formula, t: Formula, n: int) -> Formula:
        """What one of n outputs adds to the loss."""

    def difference(self, y: Formula, t: Formula) -> Formula:
        """How far an output is from its target."""
        return y - t

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ((),)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        y, t = tensors
        return self.slope(y[by], t[by], prod(y.shape))

    def shortcut(self, activation: Operation, i: int, y: Tensor, t: Tensor) -> Shortcut | None:
        """∂E/∂z_i behind an activation that goes well with this loss."""
        return None

    def target_misfit(self, target: float) -> str:
        """What is wrong with a target, with what to write instead."""
        if self.takes_shares and not 0 <= target <= 1:
            return (
                f"the target is {target:g}, but this loss takes targets from 0 to 1; write 0 or 1"
            )
        return ""


def scaled(factor: Exact, formula: Formula) -> Formula:
    """Factor · formula, leaving out a factor of 1."""
    if factor == 1:
        return formula
    if isinstance(factor, float) or factor.denominator == 1:
        return number(factor) * formula
    return Number(factor, f"{factor.numerator}/{factor.denominator}") * formula
