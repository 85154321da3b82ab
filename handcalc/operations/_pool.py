"""What maximum and average pooling share: a window that looks at each channel by itself."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.operations._operation import Index, Operation, Shape
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
    )

    windowed: ClassVar[bool] = True

    size: tuple[int, ...]
    strides: tuple[int, ...] | None = None
    padding: tuple[tuple[int, int], ...] | None = None
    channels: Literal["none", "first", "last"] = "none"

    @property
    def windows(self) -> Windows:
        """The window, moved by its own size where no strides are given."""
        return Windows.of(self.size, self.strides or self.size, None, self.padding)

    def output_shape(self, *shapes: Shape) -> Shape:
        channel, spatial = self._split_shape(shapes[0])
        places = self.windows.places(spatial)
        return (*channel, *places) if self.channels == "first" else (*places, *channel)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        channel, cell = self._split(index)
        over = self.windows.over(cell, self._split_shape(shapes[0])[1])
        return tuple(self._joined(channel, place) for place, _ in over)

    def cells(self, index: Index, shape: Shape) -> list[Index]:
        """The cells of the input under the window of one cell of the result, without padding."""
        channel, place = self._split(index)
        spatial = self._split_shape(shape)[1]
        under = (self.windows.under(place, tap, spatial) for tap in self.windows.taps())
        return [self._joined(channel, cell) for cell in under if cell is not None]

    def sizes(self, *shapes: Shape) -> str:
        return self.windows.derivation(self._split_shape(shapes[0])[1])

    def _channels_first(self, x: "Array") -> "Array":
        import numpy as np

        return np.moveaxis(x, -1, 1) if self.channels == "last" else x

    def _given_back(self, y: "Array") -> "Array":
        import numpy as np

        return np.moveaxis(y, 1, -1) if self.channels == "last" else y

    def _split(self, index: Index) -> tuple[Index, Index]:
        """Channel, if there are any, and place."""
        if self.channels == "none":
            return (), index
        return (index[:1], index[1:]) if self.channels == "first" else (index[-1:], index[:-1])

    _split_shape = _split

    def _joined(self, channel: Index, place: Index) -> Index:
        return (*channel, *place) if self.channels == "first" else (*place, *channel)
