"""y = x in another shape, in reading order (row by row, the last index first)."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations._rearranged import Rearranged
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Reshape(Rearranged):
    """y_m = x_ij with m counting the cells row by row; gradients go back to their cells."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shape": (6,), "shapes": ((2, 3),)},
        {"shape": (3, 2), "shapes": ((2, 3),)},
    )

    shape: tuple[AsIs, ...]

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.shape

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return 0, _at(_place(index, self.shape), shapes[0])

    def forward(self, *arrays: "Array") -> "Array":
        return arrays[0].reshape(len(arrays[0]), *self.shape)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (gradient.reshape(arrays[0].shape),)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (_at(_place(index, shapes[0]), self.shape),)


def _place(index: Index, shape: Shape) -> int:
    """The place of an index in reading order."""
    return sum(i * prod(shape[axis + 1 :]) for axis, i in enumerate(index))


def _at(place: int, shape: Shape) -> Index:
    """The index at a place in reading order."""
    found = []
    for size in reversed(shape):
        place, i = divmod(place, size)
        found.append(i)
    return tuple(reversed(found))
