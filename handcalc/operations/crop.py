"""y = x without its first and last rows and columns; what is cut off depends on nothing behind it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Symbol, number
from handcalc.operations import _sizes
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, Size
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Crop(Operation):
    """y_ij = x_(i+p)(j+p); ∂y/∂x = 1, and the gradient of what is cut off is 0."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    windowed: ClassVar[bool] = True
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"cropping": ((1, 0), (0, 2)), "shapes": ((2, 4),)},
        {"cropping": ((1, 1),), "channels": "last", "shapes": ((4, 2),)},
        {"cropping": ((0, 1), (1, 0)), "channels": "first", "shapes": ((2, 2, 3),)},
    )

    cropping: tuple[tuple[int, int], ...]
    channels: Order = "none"

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def output_shape(self, *shapes: Shape) -> Shape:
        sizes = zip(self.order.spatial(shapes[0]), self.cropping, strict=True)
        return self.order.joined(
            self.order.count(shapes[0]), tuple(n - p - q for n, (p, q) in sizes)
        )

    def forward(self, *arrays: "Array") -> "Array":
        x = self.order.stacked(arrays[0])
        return self.order.given_back(x[self._kept(x)])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        dx = np.zeros_like(self.order.stacked(arrays[0]))
        dx[self._kept(dx)] = self.order.stacked(gradient)
        return (self.order.given_back(dx),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        channel, place = self.order.split(index)
        cell = tuple(i + p for i, (p, _) in zip(place, self.cropping, strict=True))
        return tensors[0][self.order.joined(channel, cell)]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self.order.split(index)
        place = tuple(i - p for i, (p, _) in zip(cell, self.cropping, strict=True))
        left = self.order.spatial(self.output_shape(*shapes))
        inside = all(0 <= i < n for i, n in zip(place, left, strict=True))
        return (self.order.joined(channel, place),) if inside else ()

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        spatial, n = self.order.spatial(shapes[0]), Symbol("n", "n")
        for axis, size, (p, q) in zip(
            _sizes.axes(len(spatial)), spatial, self.cropping, strict=True
        ):
            yield Size(axis, n - p - q, {n: size}, size - p - q)

    def rule(self) -> str:
        return "the numbers stay the same; the gradient of what is cut off is 0"

    def _kept(self, x: "Array") -> Any:
        cells = (slice(p, n - q) for n, (p, q) in zip(x.shape[2:], self.cropping, strict=True))
        return (..., *cells)
