"""Where the channels stand in an array, and in the kernels that belong to it.

`none` x (H, W), K (kh, kw); `first` x (C, H, W), K (F, C, kh, kw); `last` x (H, W, C),
K (kh, kw, C, F); in one, two or three dimensions. Operations compute on channels first.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Order: TypeAlias = Literal["none", "first", "last"]


@dataclass(frozen=True, slots=True)
class Channels:
    """One order of axes."""

    order: Order

    # --- shapes and indices ----------------------------------------------------------------------

    def spatial(self, shape: Shape) -> Shape:
        """The axes over which a window slides."""
        return {"none": shape, "first": shape[1:], "last": shape[:-1]}[self.order]

    def count(self, shape: Shape) -> int:
        """How many channels an array has."""
        if self.order == "none":
            return 1
        return shape[0] if self.order == "first" else shape[-1]

    def joined(self, channel: int, place: Index) -> Index:
        """The index of a place in a channel; also the shape from their sizes."""
        if self.order == "none":
            return place
        return (channel, *place) if self.order == "first" else (*place, channel)

    def split(self, index: Index) -> tuple[int, Index]:
        """Channel and place of an index."""
        if self.order == "none":
            return 0, index
        return (index[0], index[1:]) if self.order == "first" else (index[-1], index[:-1])

    def kernels_of(self, shape: Shape) -> tuple[int, int]:
        """Filters of a kernel's shape, and channels of each."""
        if self.order == "none":
            return 1, 1
        return (shape[0], shape[1]) if self.order == "first" else (shape[-1], shape[-2])

    def taps_of(self, shape: Shape) -> Shape:
        """The sizes of the window in a kernel's shape."""
        return {"none": shape, "first": shape[2:], "last": shape[:-2]}[self.order]

    def kernel_joined(self, f: int, c: int, tap: Index) -> Index:
        """The index of a kernel's element; also the kernel's shape from its sizes."""
        if self.order == "none":
            return tap
        return (f, c, *tap) if self.order == "first" else (*tap, c, f)

    def kernel_split(self, index: Index) -> tuple[int, int, Index]:
        """Filter, channel and tap of an element of a kernel."""
        if self.order == "none":
            return 0, 0, index
        if self.order == "first":
            return index[0], index[1], index[2:]
        return index[-1], index[-2], index[:-2]

    # --- arrays, with the samples as their first axis --------------------------------------------

    def stacked(self, x: "Array") -> "Array":
        """(N, C, …), whatever the order."""
        import numpy as np

        if self.order == "none":
            return x[:, None]
        return x if self.order == "first" else np.moveaxis(x, -1, 1)

    def given_back(self, y: "Array") -> "Array":
        """From (N, C, …) back to the order."""
        import numpy as np

        if self.order == "none":
            return y[:, 0]
        return y if self.order == "first" else np.moveaxis(y, 1, -1)

    def kernels(self, K: "Array") -> "Array":
        """(F, C, …), whatever the order."""
        import numpy as np

        if self.order == "none":
            return K[None, None]
        return K if self.order == "first" else np.moveaxis(K, (-1, -2), (0, 1))

    def kernels_back(self, dK: "Array") -> "Array":
        """From (N, F, C, …), a gradient for each sample, back to the order."""
        import numpy as np

        if self.order == "none":
            return dK[:, 0, 0]
        return dK if self.order == "first" else np.moveaxis(dK, (1, 2), (-1, -2))
