"""Operations that make one number of all numbers along some axes."""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Reduction(Operation):
    """One number for each place of the other axes; without `axes` one number of everything."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((4,),)},
        {"axes": (1,), "shapes": ((2, 3),)},
        {"axes": (0, 2), "keepdims": True, "shapes": ((2, 2, 2),)},
    )

    axes: tuple[int, ...] | None = None
    keepdims: bool = False

    def over(self, shape: Shape) -> tuple[int, ...]:
        """The axes that are put together."""
        return tuple(range(len(shape))) if self.axes is None else self.axes

    def count(self, shape: Shape) -> int:
        """How many numbers make one."""
        return prod(shape[axis] for axis in self.over(shape))

    def output_shape(self, *shapes: Shape) -> Shape:
        over = self.over(shapes[0])
        sizes = [1 if axis in over else n for axis, n in enumerate(shapes[0])]
        return tuple(n for axis, n in enumerate(sizes) if self.keepdims or axis not in over)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        over = self.over(shapes[0])
        place = (0 if axis in over else i for axis, i in enumerate(index))
        kept = [i for axis, i in enumerate(place) if self.keepdims or axis not in over]
        return (tuple(kept),)

    def elements(self, index: Index, x: Tensor) -> list[Formula]:
        """The numbers behind one number of the result, in reading order."""
        over, kept = self.over(x.shape), iter(index)
        axes = []
        for axis, n in enumerate(x.shape):
            own = next(kept, 0) if self.keepdims or axis not in over else 0
            axes.append(range(n) if axis in over else (own,))
        return [x[place] for place in product(*axes)]

    def numpy_axes(self, x: "Array") -> tuple[int, ...]:
        """The axes of an array whose first one is that of the samples."""
        return tuple(axis + 1 for axis in self.over(x.shape[1:]))

    def spread(self, y: "Array", x: "Array") -> "Array":
        """The result, or its gradient, so that it goes with every number behind it."""
        import numpy as np

        return y if self.keepdims else np.expand_dims(y, self.numpy_axes(x))
