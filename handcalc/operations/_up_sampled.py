"""What the ways of up-sampling share: each axis becomes k times as long, each channel by itself.

The value at a place along an axis is a sum of cells of the input with shares that add up to 1.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from handcalc.formula import Formula, Number, Symbol, number, total
from handcalc.operations import _sizes
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, Size, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Shares: TypeAlias = Sequence[tuple[int, Fraction]]
"""Cells along an axis with their shares."""


class UpSampled(Operation):
    """y = Σ w·x; along several axes the shares of each are multiplied. ∂y/∂x = w."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    windowed: ClassVar[bool] = True

    size: tuple[int, ...]
    channels: Order = "none"

    @abstractmethod
    def shares(self, place: int, k: int, n: int) -> Shares:
        """What a place of n·k is made of along one axis of n cells."""

    @abstractmethod
    def places(self, cell: int, k: int, n: int) -> Sequence[int]:
        """The places along one axis that a cell has a share in."""

    def between(self, k: int, n: int) -> str:
        """Where the i-th value lies among those before, counted from 1, if it is not one of them."""
        return ""

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def output_shape(self, *shapes: Shape) -> Shape:
        sizes = zip(self.order.spatial(shapes[0]), self.size, strict=True)
        return self.order.joined(self.order.count(shapes[0]), tuple(n * k for n, k in sizes))

    def forward(self, *arrays: "Array") -> "Array":
        x = self.order.stacked(arrays[0])
        y = without_noise(self._sums(x, x.shape[2:]), self._sums(abs(x), x.shape[2:]))
        return self.order.given_back(y)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        dy, spatial = self.order.stacked(gradient), self.order.spatial(arrays[0].shape[1:])
        dx = self._sums(dy, spatial, back=True)
        return (self.order.given_back(without_noise(dx, self._sums(abs(dy), spatial, back=True))),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        channel, place = self.order.split(index)
        terms = []
        for parts in product(*self._along(place, x.shape)):
            cell = x[self.order.joined(channel, tuple(i for i, _ in parts))]
            share = prod(share for _, share in parts)
            terms.append(cell if share == 1 else _written(share) * cell)
        return total(terms)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self.order.split(index)
        axes = zip(cell, self.size, self.order.spatial(shapes[0]), strict=True)
        places = product(*(self.places(c, k, n) for c, k, n in axes))
        return tuple(self.order.joined(channel, place) for place in places)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        _, place = self.order.split(index)
        _, cell = self.order.split(by)
        along = self._along(place, tensors[0].shape)
        return _written(prod(dict(parts)[c] for c, parts in zip(cell, along, strict=True)))

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        spatial, n = self.order.spatial(shapes[0]), Symbol("n", "n")
        for axis, size, k in zip(_sizes.axes(len(spatial)), spatial, self.size, strict=True):
            yield Size(axis, number(k) * n, {n: size}, size * k, self.between(k, size))

    def _along(self, place: Index, shape: Shape) -> list[Shares]:
        axes = zip(place, self.size, self.order.spatial(shape), strict=True)
        return [self.shares(i, k, n) for i, k, n in axes]

    def _sums(self, values: "Array", spatial: Shape, *, back: bool = False) -> "Array":
        """Along each axis every share times its cell, added to its place; back, from place to cell."""
        import numpy as np

        for axis, (n, k) in enumerate(zip(spatial, self.size, strict=True), 2):
            places, cells, shares = _all_shares(self, k, n)
            onto, of = (cells, places) if back else (places, cells)
            moved = np.moveaxis(values, axis, -1)
            sums = np.zeros((*moved.shape[:-1], n if back else n * k))
            at: Any = (..., onto)
            np.add.at(sums, at, moved[..., of] * shares)
            values = np.moveaxis(sums, -1, axis)
        return values


@lru_cache(maxsize=16)
def _all_shares(operation: UpSampled, k: int, n: int) -> tuple[Any, Any, Any]:
    """Places, cells and shares along an axis, side by side."""
    import numpy as np

    parts = [(i, c, float(w)) for i in range(n * k) for c, w in operation.shares(i, k, n)]
    places, cells, shares = zip(*parts, strict=True)
    return np.array(places), np.array(cells), np.array(shares)


def _written(share: Fraction | int) -> Formula:
    """A share as it is written: 3/16."""
    return Number(Fraction(share), str(share))
