"""y_i = z_i - ln Σ_j e^(z_j), the logarithm of the softmax, along an axis as that is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from handcalc.formula import Formula, exp, log, total
from handcalc.operations._along import Along
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class LogSoftmax(Along):
    """∂y_i/∂z_i = 1 - p_i and ∂y_i/∂z_j = -p_j, with the softmax p_j = e^(y_j)."""

    letter: ClassVar[str] = "y"
    part_words: ClassVar[tuple[Literal["exp", "exp_sum"], ...]] = ("exp", "exp_sum")

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        z, axis = arrays[0], self.numpy_axis(arrays[0].ndim)
        # The largest score is taken out of the sum, so that no power overflows.
        below = z - z.max(axis=axis, keepdims=True)
        result: Array = below - np.log(np.exp(below).sum(axis=axis, keepdims=True))
        return result

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        axis = self.numpy_axis(gradient.ndim)
        return (gradient - np.exp(output) * gradient.sum(axis=axis, keepdims=True),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        z = tensors[0]
        return z[index] - log(self._sum(index, z))

    def parts(self, index: Index, *tensors: Tensor) -> Mapping[str, Formula]:
        z = tensors[0]
        return {"exp": exp(z[index]), "exp_sum": self._sum(index, z)}

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        p = exp(output[by])
        return 1 - p if index == by else -p

    def rule(self) -> str:
        return "every score stands in the sum, whose logarithm has the softmax as its slope: 1 - p_i for the own score, -p_j for another, with p = e^y"

    def _sum(self, index: Index, z: Tensor) -> Formula:
        return total(exp(z[i]) for i in self.row(index, z.shape))
