"""y = x/√d, as the scores of an attention are divided by the root of the length of their keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import AsIs
from handcalc.formula import Formula, number, sqrt
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class OverRoot(Operation):
    """∂y/∂x = 1/√d."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({"d": 3, "shapes": ((2, 2),)},)

    d: AsIs

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        import math

        return arrays[0] / math.sqrt(self.d)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import math

        return (gradient / math.sqrt(self.d),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return tensors[0][index] / sqrt(number(self.d))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return 1 / sqrt(number(self.d))

    def rule(self) -> str:
        return "what was divided by a root on the way there is divided by it on the way back"
