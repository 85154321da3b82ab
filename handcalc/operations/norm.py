"""y = √(Σ x²), the length of a list, or of the rows along some axes."""

from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, sqrt, total
from handcalc.operations._reduction import Reduction
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Norm(Reduction):
    """∂y/∂x_i = x_i/y. The length of zeros is a corner."""

    overflows: ClassVar[bool] = True

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x = arrays[0]
        return np.sqrt((x**2).sum(axis=self.numpy_axes(x), keepdims=self.keepdims))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x = arrays[0]
        return (self.spread(gradient, x) * x / self.spread(output, x),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return sqrt(total(x**2 for x in self.elements(index, tensors[0])))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return tensors[0][by] / output[index]

    def at_corner(self, *arrays: "Array") -> bool:
        return bool((self.forward(*arrays) == 0).any())

    def rule(self) -> str:
        return "a length grows with each of its numbers by the share of that number in it"
