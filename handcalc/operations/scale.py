"""y = c·x, every number times the same constant."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Scale(Operation):
    """∂y/∂x = c."""

    overflows: ClassVar[bool] = True
    slots: ClassVar[tuple[str, ...]] = ("x",)
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = ({"by": "0.5", "shapes": ((2, 2),)},)

    by: Given

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        return float(self.by.value) * arrays[0]

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (float(self.by.value) * gradient,)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return self._constant * tensors[0][index]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return self._constant

    def rule(self) -> str:
        return "a constant factor stays"

    @property
    def _constant(self) -> Formula:
        return Number(self.by.value, self.by.text)
