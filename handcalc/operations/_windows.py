"""The window that slides over its input: where it stands, how often, and what lies under it.

Along each axis, n cells padded by p before and q after, a window of k cells d apart, moved by s:
floor((n + p + q - d(k - 1) - 1)/s) + 1 places. Rounded up, a last window hangs over the end, unless it
would begin behind the input: as floor is monotonic, floor((n + p - 1 + min(0, q + s - d(k - 1) - 1))/s) + 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


@dataclass(frozen=True, slots=True)
class Windows:
    """A window in as many dimensions as `size` has; one number an axis, padding a pair an axis."""

    size: Shape
    strides: Shape
    dilation: Shape
    padding: tuple[tuple[int, int], ...]
    ceil: bool = False
    """Is the number of places rounded up, so that the last window may hang over the end?"""

    @classmethod
    def of(
        cls,
        size: Shape,
        strides: Shape | None = None,
        dilation: Shape | None = None,
        padding: tuple[tuple[int, int], ...] | None = None,
        *,
        ceil: bool = False,
    ) -> "Windows":
        """Stride 1, no dilation and no padding where nothing is said."""
        ones = tuple(1 for _ in size)
        none = tuple((0, 0) for _ in size)
        return cls(size, strides or ones, dilation or ones, padding or none, ceil)

    def places(self, spatial: Shape) -> Shape:
        """How many places there are along each axis; 0 or less where the window does not fit."""
        found = []
        for n, k, s, d, (p, q), spare in zip(
            spatial,
            self.size,
            self.strides,
            self.dilation,
            self.padding,
            self.spare(),
            strict=True,
        ):
            # With a letter for k the halves of its padding make a whole first.
            room = n + (p + q) - d * (k - 1) - 1
            if self.ceil:
                room = n + p - 1 + min(0, spare)
            found.append(room // s + 1 if room >= 0 else 0)
        return tuple(found)

    def spare(self) -> Shape:
        """How much longer a stride with the padding at the end is than the window: q + s - d(k - 1) - 1."""
        axes = zip(self.size, self.strides, self.dilation, self.padding, strict=True)
        return tuple(q + s - d * (k - 1) - 1 for k, s, d, (_, q) in axes)

    def beyond(self, spatial: Shape) -> Shape:
        """How many cells the last window hangs over the padded input along each axis."""
        if not self.ceil:
            return tuple(0 for _ in spatial)
        reached = self.reach(self.places(spatial))
        return tuple(max(end - n, 0) for end, n in zip(reached, spatial, strict=True))

    def reach(self, places: Shape) -> Shape:
        """How far so many places reach, without the padding: (n - 1)·s + d(k - 1) + 1 - p - q."""
        return tuple(
            (n - 1) * s + d * (k - 1) + 1 - p - q
            for n, k, s, d, (p, q) in zip(
                places, self.size, self.strides, self.dilation, self.padding, strict=True
            )
        )

    def taps(self) -> Iterator[Index]:
        """The cells of the window in reading order."""
        yield from product(*map(range, self.size))

    def under(self, place: Index, tap: Index, spatial: Shape) -> Index | None:
        """The cell of the input under one cell of the window; None on the padding."""
        cell = tuple(
            i * s + t * d - p
            for i, t, s, d, (p, _) in zip(
                place, tap, self.strides, self.dilation, self.padding, strict=True
            )
        )
        inside = all(0 <= c < n for c, n in zip(cell, spatial, strict=True))
        return cell if inside else None

    def covered(self, place: Index, spatial: Shape) -> tuple[range, ...]:
        """The cells of the input under a window, along each axis."""
        axes = zip(
            place, spatial, self.size, self.strides, self.dilation, self.padding, strict=True
        )
        found = []
        for i, n, k, s, d, (p, _) in axes:
            start = i * s - p
            first = max(-(start // d), 0) if start < 0 else 0
            last = min((n - 1 - start) // d, k - 1)
            found.append(range(start + first * d, start + last * d + 1, d))
        return tuple(found)

    def inside(self, place: Index, spatial: Shape, *, on_padding: bool = False) -> int:
        """How many cells of a window lie on the input; with `on_padding` on its padding too."""
        each = (
            self.inside_along(axis, i, n, on_padding=on_padding)
            for axis, (i, n) in enumerate(zip(place, spatial, strict=True))
        )
        return prod(each)

    def inside_along(self, axis: int, i: int, n: int, *, on_padding: bool = False) -> int:
        """The same along one axis, for the window at its i-th place over n cells."""
        d, (p, q) = self.dilation[axis], self.padding[axis]
        start = i * self.strides[axis] - p
        low, high = (-p, n + q) if on_padding else (0, n)
        # The cells t with low <= start + t·d < high.
        first = max(-((start - low) // d), 0)
        last = min((high - 1 - start) // d, self.size[axis] - 1)
        return max(last - first + 1, 0)

    def over(self, cell: Index, spatial: Shape) -> Iterator[tuple[Index, Index]]:
        """Each place at which the window covers a cell of the input, with the tap that covers it."""
        places = self.places(spatial)
        axes = [
            [
                ((c + p - t * d) // s, t)
                for t in reversed(range(k))
                if (c + p - t * d) % s == 0 and 0 <= (c + p - t * d) // s < m
            ]
            for c, k, s, d, (p, _), m in zip(
                cell, self.size, self.strides, self.dilation, self.padding, places, strict=True
            )
        ]
        for found in product(*axes):
            yield tuple(place for place, _ in found), tuple(tap for _, tap in found)

    def padded(self, x: "Array", fill: float = 0.0) -> "Array":
        """The input with its padding; the spatial axes are the last ones."""
        import numpy as np

        more = self.beyond(x.shape[x.ndim - len(self.size) :])
        if not any(p or q or e for (p, q), e in zip(self.padding, more, strict=True)):
            return x
        lead = [(0, 0)] * (x.ndim - len(self.size))
        ends = [(p, q + e) for (p, q), e in zip(self.padding, more, strict=True)]
        return np.pad(x, [*lead, *ends], constant_values=fill)

    def view(self, x: "Array", fill: float = 0.0) -> "Array":
        """All windows at once: (…, *places, *taps), a view of the padded input."""
        import numpy as np

        axes = tuple(range(x.ndim - len(self.size), x.ndim))
        spans = tuple(d * (k - 1) + 1 for k, d in zip(self.size, self.dilation, strict=True))
        windows = np.lib.stride_tricks.sliding_window_view(self.padded(x, fill), spans, axis=axes)
        steps = [slice(None)] * (x.ndim - len(self.size))
        moves = [slice(None, None, s) for s in self.strides]
        inner = [slice(None, None, d) for d in self.dilation]
        view: Array = windows[(*steps, *moves, *inner)]
        return view

    def cells(self, tap: Index, places: Shape) -> Any:
        """The cells of the padded input under one cell of the window, at all places, as an index."""
        slices = (
            slice(t * d, t * d + s * (m - 1) + 1, s)
            for t, d, s, m in zip(tap, self.dilation, self.strides, places, strict=True)
        )
        return (..., *slices)

    def spread(self, values: "Array", spatial: Shape) -> "Array":
        """Each value of a place added to all cells under its window, one axis after the other."""
        import numpy as np

        rank = len(self.size)
        room = [
            n + p + q + e
            for n, (p, q), e in zip(spatial, self.padding, self.beyond(spatial), strict=True)
        ]
        for axis in range(rank):
            at = values.ndim - rank + axis
            onto = np.zeros((*values.shape[:at], room[axis], *values.shape[at + 1 :]))
            for t in range(self.size[axis]):
                onto[self.along(axis, t, values.shape[at], rank)] += values
            values = onto
        return values

    def along(self, axis: int, t: int, m: int, rank: int) -> Any:
        """The cells under the t-th row of the window at m places of one axis, as an index."""
        d, s = self.dilation[axis], self.strides[axis]
        row = slice(t * d, t * d + s * (m - 1) + 1, s)
        return (..., row, *[slice(None)] * (rank - axis - 1))

    def scatter(self, tap: Index, values: "Array", onto: "Array") -> None:
        """Add one value a place to the cells of a padded array under one tap."""
        places = values.shape[values.ndim - len(self.size) :]
        onto[self.cells(tap, places)] += values

    def unpadded(self, x: "Array") -> "Array":
        """A padded array without its padding."""
        cells: list[Any] = [
            slice(p, x.shape[i - len(self.size)] - q) for i, (p, q) in enumerate(self.padding)
        ]
        return x[(..., *cells)]

    def within(self, x: "Array", spatial: Shape) -> "Array":
        """The cells of the input in a padded array, whatever hangs over its end."""
        cells: list[Any] = [
            slice(p, p + n) for n, (p, _) in zip(spatial, self.padding, strict=True)
        ]
        return x[(..., *cells)]
