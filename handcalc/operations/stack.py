"""y = [a, b, …], several inputs of one shape as the parts of a new first axis."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.operations._rearranged import Rearranged
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Stack(Rearranged):
    """y_(k, j) = the j-th of the k-th input."""

    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"shapes": ((), (), ())},
        {"shapes": ((2, 2), (2, 2))},
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        return (len(shapes), *shapes[0])

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return index[0], index[1:]

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        return np.stack(arrays, axis=1)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return tuple(gradient[:, k] for k in range(len(arrays)))
