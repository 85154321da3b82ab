"""μ = 1/n Σ x, along some axes or over everything."""

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, Number, total
from handcalc.operations._operation import without_noise
from handcalc.operations._reduction import Reduction
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Mean(Reduction):
    """∂μ/∂x_i = 1/n."""

    overflows: ClassVar[bool] = True

    def forward(self, *arrays: "Array") -> "Array":
        x, axes = arrays[0], self.numpy_axes(arrays[0])
        means = (a.mean(axis=axes, keepdims=self.keepdims) for a in (x, abs(x)))
        return without_noise(*means)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = arrays[0]
        share = np.broadcast_to(self.spread(gradient, x), x.shape)
        return (share / self.count(x.shape[1:]),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return self._share(tensors[0]) * total(self.elements(index, tensors[0]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return self._share(tensors[0])

    def rule(self) -> str:
        return "every number has the same share in the mean"

    def _share(self, x: Tensor) -> Formula:
        n = self.count(x.shape)
        return Number(Fraction(1, n), f"1/{n}")
