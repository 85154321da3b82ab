"""y = x[start:stop], a run of parts along an axis."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.operations._rearranged import Rearranged, leveled
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Slice(Rearranged):
    """y_i = x_(i + start); what lies outside goes nowhere, so its gradient is 0."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"start": 1, "stop": 3, "rank": 1, "shapes": ((4,),)},
        {"start": 0, "stop": 2, "axis": 1, "rank": 2, "shapes": ((2, 3),)},
    )

    start: AsIs
    stop: AsIs
    rank: int
    axis: int = 0

    def output_shape(self, *shapes: Shape) -> Shape:
        x, at = shapes[0], self.axis
        return (*x[:at], self.stop - self.start, *x[at + 1 :])

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        at = self.axis
        return 0, (*index[:at], index[at] + self.start, *index[at + 1 :])

    def forward(self, *arrays: "Array") -> "Array":
        return leveled(arrays[0], self.rank)[self._run]

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = leveled(arrays[0], self.rank)
        dx = np.zeros((len(gradient), *x.shape[1:]))
        dx[self._run] = gradient
        return (dx,)

    @property
    def _run(self) -> Any:
        return (*[slice(None)] * (self.axis + 1), slice(self.start, self.stop))

    def rule(self) -> str:
        return "the numbers stay the same; the gradient of what is left out is 0"
