"""y = n rows, each of them the list x."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations._operation import without_noise
from handcalc.operations._rearranged import Rearranged
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Repeat(Rearranged):
    """y_ij = x_j for every row i; ∂E/∂x_j = Σ_i ∂E/∂y_ij."""

    windowed: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"n": 3, "shapes": ((2,),)},
        {"n": 1, "shapes": ((2,),)},
    )

    n: AsIs

    def output_shape(self, *shapes: Shape) -> Shape:
        return (self.n, *shapes[0])

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return 0, index[1:]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        return np.repeat(arrays[0][:, None], self.n, axis=1)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (without_noise(gradient.sum(axis=1), abs(gradient).sum(axis=1)),)

    def rule(self) -> str:
        return "each number is used in every row, and the gradients of all its uses are added"
