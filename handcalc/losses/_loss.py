"""The contract of a loss: one number from the outputs y and the targets t, and its derivative."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, Number, number
from handcalc.number import Exact
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A loss and an activation whose derivatives cancel: ∂E/∂z_i in one formula.

    `lines` lead from the chain rule to `formula`, each with its reason. The last of them may need
    something of the targets: that they add to 1.
    """

    formula: Formula
    lines: tuple[tuple[Formula, str], ...]
    targets_add_to_one: bool = False


Written = Literal["error", "share"]
"""What people write down of one output on the way to the loss: o1_error, E_o1."""


class Loss(Operation):
    """E from y and t. Slot 0 is the output y, slot 1 the target t; only y is differentiated."""

    slots: ClassVar[tuple[str, ...]] = ("y", "t")
    value_slot: ClassVar[int] = 1
    derivable: ClassVar[bool] = True
    takes_shares: ClassVar[bool] = False
    """Are targets shares from 0 to 1, and outputs too, unless they are scores?"""
    targets_add_to_one: ClassVar[bool] = False
    """Are the targets of one sample the probabilities of classes?"""
    target_words: ClassVar[str] = ""
    """What a target is, where the targets are not as many as the outputs."""
    adds_rows: ClassVar[bool] = False
    """Are the losses of several rows, or times, added up, where others take their mean?"""
    corner: ClassVar[str] = ""
    """Where the loss has a corner, and the slope that is taken there; {o} and {t} are its letters."""

    @abstractmethod
    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        """The name and the formula in a few words, with the letters of the file."""

    @property
    def written(self) -> tuple[Written, ...]:
        """What of one output means something for this loss."""
        return ("error", "share")

    def share(self, at: Index, y: Tensor, t: Tensor) -> Formula:
        """What one output adds to the loss, where it adds something by itself."""
        raise NotImplementedError

    def difference(self, y: Formula, t: Formula) -> Formula:
        """How far an output is from its target."""
        return y - t

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def target_shape(self, output: Shape) -> Shape:
        """How many targets belong to an output of a shape: one for each value."""
        return output

    def aimed(self, numbers: Sequence[Sequence[float]], classes: int) -> "Loss":
        """The loss for these targets, a list for each sample, if they decide its very formula."""
        return self

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ((),)

    def shortcut(self, activation: Operation, at: Index, y: Tensor, t: Tensor) -> Shortcut | None:
        """∂E/∂z_i behind an activation that goes well with this loss; y, t and `at` as in `partial`."""
        return None

    def derivations(self, n: int) -> Iterator[tuple[str, "Loss", int, int]]:
        """Slopes that are derived: by what in words, the loss, how many outputs, and by which of them."""
        yield "", self, min(n, 3), 0

    def shape_misfit(self, output: Shape) -> str:
        """What is wrong with an output of this shape, with what to write instead."""
        return ""

    def output_misfit(self, outputs: "Array") -> str:
        """What is wrong with the numbers of an output, sample by sample."""
        if self.takes_shares and not ((outputs >= 0) & (outputs <= 1)).all():
            return (
                "takes outputs from 0 to 1, but this network gives others; "
                "end it with sigmoid or softmax, or write mean_squared_error"
            )
        return ""

    def target_misfit(self, target: float, output: Shape) -> str:
        """What is wrong with a target, with what to write instead."""
        if self.takes_shares and not 0 <= target <= 1:
            return (
                f"the target is {target:g}, but this loss takes targets from 0 to 1; write 0 or 1"
            )
        return ""

    def row_misfit(self, targets: Sequence[Exact]) -> str:
        """What is wrong with the targets of one row together."""
        return ""


class MeanOrSum(Loss):
    """1/n Σ over the n outputs; `factor: sum` leaves out the 1/n."""

    factor: Literal["mean", "sum"] = "mean"

    @property
    def sign(self) -> str:
        """How the sum is written in a title."""
        return "1/n Σ" if self.factor == "mean" else "Σ"

    def _factor(self, shape: Shape) -> Fraction:
        return Fraction(1, prod(shape) if self.factor == "mean" else 1)


def beside(gradient: "Array", y: "Array") -> "Array":
    """∂E/∂ of the losses of the samples, so that each stands beside the outputs of its sample."""
    return gradient.reshape(-1, *(1,) * (y.ndim - 1))


def over_outputs(terms: "Array") -> "Array":
    """Σ over all outputs of each sample."""
    whole: Array = terms.sum(axis=tuple(range(1, terms.ndim)))
    return whole


def scaled(factor: Exact, formula: Formula) -> Formula:
    """Factor · formula, leaving out a factor of 1."""
    if factor == 1:
        return formula
    if isinstance(factor, float) or factor.denominator == 1:
        return number(factor) * formula
    return Number(factor, f"{factor.numerator}/{factor.denominator}") * formula
