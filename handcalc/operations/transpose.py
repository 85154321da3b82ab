"""y = x with its axes in another order; of a matrix Xᵀ."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.operations._rearranged import Rearranged, leveled
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Transpose(Rearranged):
    """y_ji = x_ij; `axes` names for each axis of the result the one it comes from, from 0."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"axes": (1, 0), "shapes": ((2, 3),)},
        {"axes": (2, 0, 1), "shapes": ((2, 3, 2),)},
    )

    axes: tuple[int, ...]

    def output_shape(self, *shapes: Shape) -> Shape:
        return tuple(shapes[0][axis] for axis in self.axes)

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return 0, tuple(index[self.axes.index(axis)] for axis in range(len(self.axes)))

    def forward(self, *arrays: "Array") -> "Array":
        x = leveled(arrays[0], len(self.axes))
        return x.transpose(0, *(axis + 1 for axis in self.axes))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        back = (self.axes.index(axis) + 1 for axis in range(len(self.axes)))
        return (gradient.transpose(0, *back),)
