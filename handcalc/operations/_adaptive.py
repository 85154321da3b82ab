"""Adaptive pooling: so many places are asked for, and the windows follow from them.

Of n cells along an axis the i-th of m windows, counted from 0, covers floor(i·n/m) up to but without
ceil((i + 1)·n/m): together they cover every cell, and where m does not divide n they overlap.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.formula import Symbol
from handcalc.formula.open_size import OpenSize
from handcalc.operations import _sizes
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, Size
from handcalc.operations._tensor import Index, Shape, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

MOST_LISTED = 6
"""Windows along an axis up to which each of them is named."""


def window(i: int, m: int, n: int) -> range:
    """The cells under the i-th of m windows over n cells."""
    return range(i * n // m, -(-(i + 1) * n // m))


class AdaptivePool(Operation):
    """One number from each window, for `output_size` windows along each axis."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    windowed: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"output_size": (3,), "shapes": ((5,),)},
        {"output_size": (2, 3), "channels": "last", "shapes": ((3, 4, 2),)},
        {"output_size": (1, 2), "channels": "first", "shapes": ((2, 2, 4),)},
        {"output_size": (3,), "shapes": ((2,),)},
    )

    output_size: tuple[AsIs, ...]
    channels: Order = "none"

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.order.joined(self.order.count(shapes[0]), self.output_size)

    def cells(self, index: Index, shape: Shape) -> list[Index]:
        """The cells of the input under the window of one cell of the result."""
        channel, place = self.order.split(index)
        axes = zip(place, self.output_size, self.order.spatial(shape), strict=True)
        under = product(*(window(i, m, n) for i, m, n in axes))
        return [self.order.joined(channel, cell) for cell in under]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self.order.split(index)
        axes = zip(cell, self.output_size, self.order.spatial(shapes[0]), strict=True)
        # floor(i·n/m) <= c < ceil((i + 1)·n/m) holds from i = floor(c·m/n) to ceil((c + 1)·m/n) - 1.
        over = product(*(window(c, n, m) for c, m, n in axes))
        return tuple(self.order.joined(channel, place) for place in over)

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        spatial, m = self.order.spatial(shapes[0]), Symbol("m", "m")
        rule = " the i-th window covers floor((i - 1)·n/m) + 1 to ceil(i·n/m)"
        for axis, n, places in zip(
            _sizes.axes(len(spatial)), spatial, self.output_size, strict=True
        ):
            listed = _listed(places, n)
            even = not rule or (not isinstance(n, OpenSize) and n % places == 0)
            said = ("" if even else rule) + (f": {listed}" if listed else "")
            rule = rule if even else ""
            yield Size(axis, m, {m: places}, places, f"of {n} cells{said}")

    def views(self, x: "Array") -> Iterator[tuple[Any, Any]]:
        """Each place and the cells under its window, as indices into arrays (N, C, …)."""
        for place in indices(self.output_size):
            axes = zip(place, self.output_size, x.shape[2:], strict=True)
            under = (window(i, m, n) for i, m, n in axes)
            yield (..., *place), (..., *(slice(cells.start, cells.stop) for cells in under))


def _listed(m: int, n: int) -> str:
    """The windows along an axis, cells counted from 1."""
    if isinstance(n, OpenSize):
        return ""
    if n % m == 0:
        return f"{n // m} in each window"
    if m > MOST_LISTED:
        return ""
    windows = (window(i, m, n) for i in range(m))
    return ", ".join(f"{cells.start + 1} to {cells.stop}" for cells in windows)
