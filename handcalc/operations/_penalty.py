"""Penalties: what large weights add to the loss, λ times a sum over all of them."""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, summed
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Penalty(Operation):
    """R = λ Σ r(w) over the elements of some weights; ∂R/∂w = λ r'(w). With `half` λ/2 stands for λ."""

    slots: ClassVar[tuple[str, ...]] = ("rate", "w")
    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((), (2,), (2, 2))},
        {"half": True, "shapes": ((), (3,))},
    )

    half: bool = False

    @abstractmethod
    def of(self, w: Formula) -> Formula:
        """What one weight adds, without λ."""

    @abstractmethod
    def slope(self, w: Formula, rate: Formula) -> Formula:
        """λ times its slope."""

    @abstractmethod
    def values(self, w: "Array") -> "Array":
        """r(w) in numpy."""

    @abstractmethod
    def slopes(self, w: "Array") -> "Array":
        """r'(w) in numpy."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, *arrays: "Array") -> "Array":
        rate, *weights = arrays
        sums = sum(self.values(w).reshape(len(w), -1).sum(axis=1) for w in weights)
        whole: Array = rate * sums / (2 if self.half else 1)
        return whole

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        rate, *weights = arrays
        arriving = gradient / (2 if self.half else 1)
        by_rate = arriving * sum(self.values(w).reshape(len(w), -1).sum(axis=1) for w in weights)
        parts = [
            (arriving * rate).reshape(-1, *(1,) * (w.ndim - 1)) * self.slopes(w) for w in weights
        ]
        return by_rate, *parts

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        rate, *weights = tensors
        ends = list(accumulate(prod(w.shape) for w in weights))

        def at(place: int) -> Formula:
            which = next(i for i, end in enumerate(ends) if place < end)
            inside = place - (ends[which - 1] if which else 0)
            return self.of(weights[which][_at(inside, weights[which].shape)])

        whole = summed(ends[-1], at)
        lead: Formula = rate[()] / 2 if self.half else rate[()]
        return lead * whole

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ((),)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        if slot == 0:
            return super().partial(index, slot, by, output, *tensors)
        return self.slope(tensors[slot][by], tensors[0][()])


def _at(place: int, shape: Shape) -> Index:
    """The index at a place in reading order."""
    index: list[int] = []
    for size in reversed(shape):
        place, i = divmod(place, size)
        index.append(i)
    return tuple(reversed(index))
