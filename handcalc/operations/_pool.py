"""What maximum and average pooling share: a window that looks at each channel by itself."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations import _sizes
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, Size
from handcalc.operations._tensor import Index, Shape
from handcalc.operations._windows import Windows

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Pool(Operation):
    """One number from each window; without strides the windows stand side by side."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2, 2), "shapes": ((4, 5),)},
        {"size": (3,), "strides": (2,), "padding": ((1, 1),), "shapes": ((6,),)},
        {"size": (2, 2), "strides": (1, 2), "channels": "first", "shapes": ((2, 3, 4),)},
        {"size": (2, 1), "channels": "last", "padding": ((0, 1), (0, 0)), "shapes": ((3, 2, 2),)},
        {"size": (3, 2), "channels": "last", "flat": True, "shapes": ((3, 2, 2),)},
        {"size": (2, 2), "flat": True, "shapes": ((2, 2),)},
        {"size": (2, 2), "strides": (1, 1), "dilation": (2, 1), "shapes": ((4, 3),)},
        {"size": (2, 2), "ceil": True, "shapes": ((3, 4),)},
        {"size": (3,), "strides": (4,), "padding": ((1, 1),), "ceil": True, "shapes": ((5,),)},
        {"size": (3,), "strides": (2,), "ceil": True, "channels": "first", "shapes": ((2, 4),)},
    )

    windowed: ClassVar[bool] = True
    linear_in: ClassVar[tuple[str, ...]] = ("x",)

    size: tuple[AsIs, ...]
    strides: tuple[AsIs, ...] | None = None
    dilation: tuple[AsIs, ...] | None = None
    padding: tuple[tuple[AsIs, AsIs], ...] | None = None
    ceil: bool = False
    """Is the number of places rounded up, so that the last window may hang over the end?"""
    channels: Order = "none"
    flat: bool = False
    """Is the window the whole input, so that a list with one number a channel remains?"""

    @property
    def windows(self) -> Windows:
        """The window, moved by its own size where no strides are given."""
        strides = self.strides or self.size
        return Windows.of(self.size, strides, self.dilation, self.padding, ceil=self.ceil)

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def output_shape(self, *shapes: Shape) -> Shape:
        channels = self.order.count(shapes[0])
        if self.flat:
            return (channels,)
        return self.order.joined(channels, self.windows.places(self.order.spatial(shapes[0])))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self.order.split(index)
        if self.flat:
            return ((channel,),)
        over = self.windows.over(cell, self.order.spatial(shapes[0]))
        return tuple(self.order.joined(channel, place) for place, _ in over)

    def place(self, index: Index) -> Index:
        """Where the window of one cell of the result stands."""
        return tuple(0 for _ in self.size) if self.flat else self.order.split(index)[1]

    def cells(self, index: Index, shape: Shape) -> tuple[Index, ...]:
        """The cells of the input under the window of one cell of the result, without padding."""
        channel = index[0] if self.flat else self.order.split(index)[0]
        return _cells(self.windows, self.order, channel, self.place(index), shape)

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        if self.flat:
            return ()
        return _sizes.places(self.windows, self.order.spatial(shapes[0]))

    def given_back(self, y: "Array") -> "Array":
        """The result from (N, C, places)."""
        return y.reshape(*y.shape[:2]) if self.flat else self.order.given_back(y)

    def slopes(self, gradient: "Array") -> "Array":
        """The gradient of the result as (N, C, places)."""
        if not self.flat:
            return self.order.stacked(gradient)
        return gradient.reshape(*gradient.shape[:2], *(1 for _ in self.size))


@lru_cache(maxsize=64)
def _cells(
    windows: Windows, order: Channels, channel: int, place: Index, shape: Shape
) -> tuple[Index, ...]:
    """The cells of one channel under one window; the slopes of all of them ask for the same."""
    covered = windows.covered(place, order.spatial(shape))
    return tuple(order.joined(channel, cell) for cell in product(*covered))
