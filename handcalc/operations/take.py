"""y = x[at], one part along an axis: a row, a step of a sequence."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations._rearranged import Rearranged, leveled
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Take(Rearranged):
    """y_j = x_(at, j); the other parts go nowhere, so their gradient is 0."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"at": 2, "rank": 1, "shapes": ((4,),)},
        {"at": 1, "axis": 1, "rank": 2, "shapes": ((2, 3),)},
    )

    at: AsIs
    rank: int
    axis: int = 0

    def output_shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][: self.axis], *shapes[0][self.axis + 1 :])

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return 0, (*index[: self.axis], self.at, *index[self.axis :])

    def forward(self, *arrays: "Array") -> "Array":
        return leveled(arrays[0], self.rank)[self._part]

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = leveled(arrays[0], self.rank)
        dx = np.zeros((len(gradient), *x.shape[1:]))
        dx[self._part] = gradient
        return (dx,)

    @property
    def _part(self) -> Any:
        return (*[slice(None)] * (self.axis + 1), self.at)

    def rule(self) -> str:
        return "the numbers stay the same; the gradient of what is left out is 0"
