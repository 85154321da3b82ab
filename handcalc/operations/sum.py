"""y = Σ x, along some axes or over everything."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, number, total
from handcalc.operations._operation import without_noise
from handcalc.operations._reduction import Reduction
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Sum(Reduction):
    """∂y/∂x_i = 1."""

    overflows: ClassVar[bool] = True

    def forward(self, *arrays: "Array") -> "Array":
        x, axes = arrays[0], self.numpy_axes(arrays[0])
        sums = (a.sum(axis=axes, keepdims=self.keepdims) for a in (x, abs(x)))
        return without_noise(*sums)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = arrays[0]
        return (np.broadcast_to(self.spread(gradient, x), x.shape) * 1.0,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return total(self.elements(index, tensors[0]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def rule(self) -> str:
        return "a sum passes the gradient on to every one of its terms"
