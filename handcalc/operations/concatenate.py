"""y = [a, b, …], several inputs one behind the other along an axis."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.operations._rearranged import Rearranged
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Concatenate(Rearranged):
    """The sizes along `axis` add up; each number keeps its place in its own input."""

    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((2,), (3,))},
        {"axis": 1, "shapes": ((2, 1), (2, 2), (2, 1))},
    )

    axis: int = 0

    def output_shape(self, *shapes: Shape) -> Shape:
        at, first = self.axis, shapes[0]
        return (*first[:at], sum(shape[at] for shape in shapes), *first[at + 1 :])

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        at = self.axis
        place = index[at]
        for slot, shape in enumerate(shapes):
            if place < shape[at]:
                return slot, (*index[:at], place, *index[at + 1 :])
            place -= shape[at]
        raise IndexError(index)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        return np.concatenate(arrays, axis=self.axis + 1)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        ends = np.cumsum([array.shape[self.axis + 1] for array in arrays])[:-1]
        return tuple(np.split(gradient, ends, axis=self.axis + 1))

    def rule(self) -> str:
        return "each number keeps its value; its gradient goes back to the input it came from"
