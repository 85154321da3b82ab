"""y = x in a larger shape: what is one number, or one row, serves for all, as numpy broadcasts."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations._rearranged import Rearranged, leveled
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Spread(Rearranged):
    """Axes are put in front, and an axis of size 1 is gone along again and again; gradients add up."""

    overflows: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shape": (3,), "rank": 0, "shapes": ((),)},
        {"shape": (2, 3), "rank": 1, "shapes": ((3,),)},
        {"shape": (2, 3), "rank": 2, "shapes": ((2, 1),)},
    )

    shape: tuple[AsIs, ...]
    rank: AsIs

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.shape

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        own = index[len(index) - self.rank :]
        return 0, tuple(i if n > 1 else 0 for i, n in zip(own, shapes[0], strict=True))

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x = leveled(arrays[0], self.rank)
        levels = (1,) * (len(self.shape) - self.rank)
        return np.broadcast_to(
            x.reshape(len(x), *levels, *x.shape[1:]), (len(x), *self.shape)
        ).copy()

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x = leveled(arrays[0], self.rank)
        more = len(self.shape) - self.rank
        kept = gradient.sum(axis=tuple(range(1, more + 1)))
        ones = tuple(
            axis for axis, n in enumerate(x.shape[1:], 1) if n == 1 and kept.shape[axis] > 1
        )
        return (kept.sum(axis=ones, keepdims=True) if ones else kept,)

    def rule(self) -> str:
        return "what serves in several places gathers the gradients of all of them"
