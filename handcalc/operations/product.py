"""y = Π x, the product of all numbers along some axes or of everything."""

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula
from handcalc.operations._reduction import Reduction
from handcalc.operations._tensor import Index, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Product(Reduction):
    """∂y/∂x_i = Π_(j ≠ i) x_j."""

    overflows: ClassVar[bool] = True

    def forward(self, *arrays: "Array") -> "Array":
        x = arrays[0]
        whole: Array = x.prod(axis=self.numpy_axes(x), keepdims=self.keepdims)
        return whole

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = arrays[0]
        axes = self.numpy_axes(x)
        # One row of factors for each result; the others of each factor, zeros or not, are multiplied.
        rows = np.moveaxis(x, axes, range(-len(axes), 0))
        flat = rows.reshape(*rows.shape[: rows.ndim - len(axes)], -1)
        ones = np.ones_like(flat[..., :1])
        before = np.concatenate([ones, np.cumprod(flat, axis=-1)[..., :-1]], axis=-1)
        behind = np.cumprod(flat[..., :0:-1], axis=-1)[..., ::-1]
        others = before * np.concatenate([behind, ones], axis=-1)
        back = np.moveaxis(others.reshape(rows.shape), range(-len(axes), 0), axes)
        return (self.spread(gradient, x) * back,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return reduce(mul, self.elements(index, tensors[0]))

    def rule(self) -> str:
        return "in a product each factor's slope is the product of the others"
