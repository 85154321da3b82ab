"""y = every cell of x k times along each axis."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.operations._operation import without_noise
from handcalc.operations._up_sampled import Shares, UpSampled

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class UpSampleNearest(UpSampled):
    """y_i = x_floor(i/k), counted from 0; ∂E/∂x is the sum over the k copies along each axis."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2,), "shapes": ((3,),)},
        {"size": (2, 3), "channels": "last", "shapes": ((1, 2, 2),)},
        {"size": (2, 1, 2), "channels": "first", "shapes": ((2, 1, 2, 1),)},
    )

    def shares(self, place: int, k: int, n: int) -> Shares:
        return ((place // k, Fraction(1)),)

    def places(self, cell: int, k: int, n: int) -> Sequence[int]:
        return range(cell * k, cell * k + k)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        y = self.order.stacked(arrays[0])
        for axis, k in enumerate(self.size, 2):
            y = np.repeat(y, k, axis=axis)
        return self.order.given_back(y)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        dy = self.order.stacked(gradient)
        sizes = zip(dy.shape[2:], self.size, strict=True)
        copies = dy.reshape(*dy.shape[:2], *(part for n, k in sizes for part in (n // k, k)))
        axes = tuple(range(3, copies.ndim, 2))
        return (
            self.order.given_back(without_noise(copies.sum(axis=axes), abs(copies).sum(axis=axes))),
        )

    def rule(self) -> str:
        return "each number is copied, and the gradients of its copies are added"
