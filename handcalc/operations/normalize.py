"""p_i = z_i/Σ_j z_j, scores divided by their sum, without an exponential."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, total
from handcalc.operations._along import Along
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Normalize(Along):
    """∂p_i/∂z_i = (1 - p_i)/Σz and ∂p_i/∂z_j = -p_i/Σz."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = tuple(
        {**example, "positive": True} for example in Along.examples
    )

    def forward(self, *arrays: "Array") -> "Array":
        return arrays[0] / self._sums(arrays[0])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        mean = self._sums(gradient * output)
        return ((gradient - mean) / self._sums(arrays[0]),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return tensors[0][index] / self._sum(index, tensors[0])

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        p, sum_of_scores = output[index], self._sum(index, tensors[0])
        return (1 - p) / sum_of_scores if index == by else -(p / sum_of_scores)

    def rule(self) -> str:
        return "each score stands in every denominator, so it moves every share"

    def _sum(self, index: Index, z: Tensor) -> Formula:
        return total(z[i] for i in self.row(index, z.shape))

    def _sums(self, z: "Array") -> "Array":
        sums: Array = z.sum(axis=self.numpy_axis(z.ndim), keepdims=True)
        return sums
