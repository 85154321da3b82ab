"""p_i = z_i/Σ_j z_j, scores divided by their sum, without an exponential."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.operations._operation import Index, Operation, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Normalize(Operation):
    """∂p_i/∂z_i = (1 - p_i)/Σz and ∂p_i/∂z_j = -p_i/Σz."""

    derivable: ClassVar[bool] = True

    examples: ClassVar[tuple[dict[str, Any], ...]] = ({"shapes": ((3,),), "positive": True},)

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        return arrays[0] / arrays[0].sum(axis=-1, keepdims=True)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        mean = (gradient * output).sum(axis=-1, keepdims=True)
        return ((gradient - mean) / arrays[0].sum(axis=-1, keepdims=True),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return tensors[0][index] / self._sum(index, tensors[0])

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return tuple((*index[:-1], j) for j in range(shapes[0][-1]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        p, sum_of_scores = output[index], self._sum(index, tensors[0])
        return (1 - p) / sum_of_scores if index == by else -(p / sum_of_scores)

    def rule(self) -> str:
        return "each score stands in every denominator, so it moves every share"

    def _sum(self, index: Index, z: Tensor) -> Formula:
        return total(z[(*index[:-1], j)] for j in range(z.shape[-1]))
