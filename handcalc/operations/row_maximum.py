"""y_i = max_k z_ik, the largest of each row, along the last axis; of equal ones the first wins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations import _largest
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class RowMaximum(Operation):
    """∂y_i/∂z_ik = 1 for the k that won row i, 0 for the others."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((4,),)},
        {"shapes": ((2, 3),)},
        {"shapes": ((2, 1),)},
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0][:-1]

    def forward(self, *arrays: "Array") -> "Array":
        best: Array = arrays[0].max(axis=-1)
        return best

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        z = arrays[0]
        won = np.arange(z.shape[-1]) == z.argmax(axis=-1)[..., None]
        return (gradient[..., None] * won,)

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        best = arrays[0].max(axis=-1, keepdims=True)
        # Equal on paper, two sums may differ by the last bit here.
        near = arrays[0] >= best - 8 * np.finfo(float).eps * np.abs(best)
        return bool((near.sum(axis=-1) > 1).any())

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return _largest.largest(tensors[0], self._row(index, tensors[0].shape))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index[:-1],)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return _largest.won(tensors[0], self._row(index, tensors[0].shape), by)

    def rule(self) -> str:
        return "only the piece that won moves the maximum and gets its gradient; of equal ones the first"

    def _row(self, index: Index, shape: Shape) -> list[Index]:
        return [(*index, k) for k in range(shape[-1])]
