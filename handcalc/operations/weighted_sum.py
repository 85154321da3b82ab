"""E = Σ g·y: the simplest quantity whose gradient by y is g, where an exercise gives ∂E/∂y alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class WeightedSum(Operation):
    """E = Σ g_i·y_i; ∂E/∂y_i = g_i, ∂E/∂g_i = y_i."""

    slots: ClassVar[tuple[str, ...]] = ("y", "g")
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({"shapes": ((2, 3), (2, 3))},)

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, *arrays: "Array") -> "Array":
        y, g = arrays
        return (g * y).sum(axis=tuple(range(1, y.ndim)))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        y, g = arrays
        spread = gradient.reshape(-1, *(1,) * (y.ndim - 1))
        return spread * g, spread * y

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        y, g = tensors
        return total(g[i] * y[i] for i in indices(y.shape))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ((),)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return tensors[1 - slot][by]
