"""y = x: what a layer does that only works while a network learns, when the network is used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from handcalc.operations._rearranged import Rearranged
from handcalc.operations._tensor import Index, Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Unchanged(Rearranged):
    """∂y/∂x = 1."""

    by_cell: ClassVar[bool] = True

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        return 0, index

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def forward(self, *arrays: "Array") -> "Array":
        return +arrays[0]

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (+gradient,)

    def rule(self) -> str:
        return "outside of learning nothing is changed, neither the values nor their gradient"
