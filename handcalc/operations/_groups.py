"""Values in groups that are normalized together: a feature over the batch, a row, a channel."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Grouped(Operation):
    """The groups of an array: a group for each place of the axes `kept`, with all else in it.

    With `groups` the last kept axis is parted into so many runs; with `batch` all samples are in a group,
    so that statistics are made once. Axes are those of one sample, from 0.
    """

    kept: tuple[int, ...] = ()
    groups: int | None = None
    batch: bool = False

    def group_shape(self, shape: Shape) -> Shape:
        """How many groups there are along each kept axis, for one sample of this shape."""
        sizes = [shape[axis] for axis in self.kept]
        return (*sizes[:-1], self.groups) if self.groups else tuple(sizes)

    def size(self, shape: Shape, samples: int) -> int:
        """How many values are in a group."""
        several = samples if self.batch else 1
        return several * prod(shape) // prod(self.group_shape(shape))

    def group(self, index: Index, shape: Shape) -> Index:
        """The group of a place of one sample."""
        places = [index[axis] for axis in self.kept]
        if self.groups:
            places[-1] //= shape[self.kept[-1]] // self.groups
        return tuple(places)

    def members(self, group: Index, shape: Shape) -> Iterator[Index]:
        """The places of one sample that are in a group, in reading order."""
        axes = [range(n) for n in shape]
        for axis, place in zip(self.kept, group, strict=True):
            axes[axis] = range(place, place + 1)
        if self.groups:
            run = shape[self.kept[-1]] // self.groups
            axes[self.kept[-1]] = range(group[-1] * run, (group[-1] + 1) * run)
        yield from product(*axes)

    # --- as definitions see it: with `batch` the samples are the first axis of x ------------------

    def own(self, shape: Shape) -> Shape:
        """The shape of one sample."""
        return shape[1:] if self.batch else shape

    def elements(self, group: Index, x: Tensor) -> list[Formula]:
        """The values of a group."""
        return [x[place] for place in self.everywhere(group, x.shape)]

    def everywhere(self, group: Index, shape: Shape) -> Iterator[Index]:
        """The places of a group, in all samples that are in it."""
        for sample in range(shape[0]) if self.batch else (None,):
            for place in self.members(group, self.own(shape)):
                yield place if sample is None else (sample, *place)

    # --- arrays -----------------------------------------------------------------------------------

    def _parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        """The shape of one sample with an axis more for groups, and the axes that are put together."""
        if not self.groups:
            return shape, tuple(a for a in range(len(shape)) if a not in self.kept)
        at = self.kept[-1]
        parted = (*shape[:at], self.groups, shape[at] // self.groups, *shape[at + 1 :])
        kept = {axis + (axis > at) for axis in self.kept}
        return parted, tuple(a for a in range(len(parted)) if a not in kept)

    def summed(self, x: "Array") -> "Array":
        """Σ over each group."""
        parted, over = self._parted(x.shape[1:])
        axes = ((0,) if self.batch else ()) + tuple(axis + 1 for axis in over)
        summed: Array = x.reshape(len(x), *parted).sum(axis=axes)
        return summed

    def spread(self, statistic: "Array", x: "Array") -> "Array":
        """One number a group, so that it stands at every value of its group."""
        import numpy as np

        parted, over = self._parted(x.shape[1:])
        several = statistic[None] if statistic.ndim == len(self.kept) else statistic
        wide = np.expand_dims(several, tuple(axis + 1 for axis in over))
        full: Array = np.broadcast_to(wide, (len(x), *parted)).reshape(x.shape)
        return full


class Statistic(Grouped):
    """One number a group."""

    @property
    def over_samples(self) -> bool:  # type: ignore[override]  # an option decides
        return self.batch

    @property
    def of_batch(self) -> bool:
        return self.batch

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.group_shape(shapes[0])

    def results(self, *shapes: Shape) -> Iterator[Index]:
        return indices(self.group_shape(self.own(shapes[0])))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot:
            return (index,)
        return (self.group(self.own(index), self.own(shapes[0])),)
