"""y = x with rows and columns of zeros around it; gradients at the zeros go nowhere."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, Leaf, Symbol, number, total
from handcalc.operations import _sizes
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, Size
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class ZeroPad(Operation):
    """y_ij = x_(i-p)(j-p), and 0 outside; ∂y/∂x = 1."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    windowed: ClassVar[bool] = True
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"padding": ((1, 0), (0, 2)), "shapes": ((2, 2),)},
        {"padding": ((1, 1),), "channels": "last", "shapes": ((2, 3),)},
    )

    padding: tuple[tuple[int, int], ...]
    channels: Order = "none"

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def output_shape(self, *shapes: Shape) -> Shape:
        spatial = self.order.spatial(shapes[0])
        padded = tuple(n + p + q for n, (p, q) in zip(spatial, self.padding, strict=True))
        return self.order.joined(self.order.count(shapes[0]), padded)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x = self.order.stacked(arrays[0])
        return self.order.given_back(np.pad(x, [(0, 0), (0, 0), *self.padding]))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        dy = self.order.stacked(gradient)
        inner: list[Any] = [
            slice(p, n - q) for n, (p, q) in zip(dy.shape[2:], self.padding, strict=True)
        ]
        return (self.order.given_back(dy[(..., *inner)]),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        channel, place = self.order.split(index)
        cell = tuple(i - p for i, (p, _) in zip(place, self.padding, strict=True))
        spatial = self.order.spatial(x.shape)
        inside = all(0 <= i < n for i, n in zip(cell, spatial, strict=True))
        return x[self.order.joined(channel, cell)] if inside else number(0)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self.order.split(index)
        place = tuple(i + p for i, (p, _) in zip(cell, self.padding, strict=True))
        return (self.order.joined(channel, place),)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        spatial = self.order.spatial(shapes[0])
        n, p, q = (Symbol(letter, letter) for letter in "npq")
        for axis, size, (before, after) in zip(
            _sizes.axes(len(spatial)), spatial, self.padding, strict=True
        ):
            letters: dict[Leaf, int] = {n: size, p: before, q: after}
            yield Size(axis, total((n, p, q)), letters, size + before + after)

    def rule(self) -> str:
        return "the numbers stay the same; the zeros around them depend on nothing"
