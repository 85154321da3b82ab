"""y = s·m·x: what the mask m keeps, times the scale s; where m is 0 nothing passes, either way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Mask(Operation):
    """∂y/∂x = s·m. The scale of inverted dropout is 1/(1 - rate); without one it is left out."""

    slots: ClassVar[tuple[str, ...]] = ("x", "m")
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"scale": "1/2", "shapes": ((2, 2), (2, 2))},
    )

    scale: Given | None = None

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        x, m = arrays
        return self._factor * m * x

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, m = arrays
        return self._factor * gradient * m, self._factor * gradient * x

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, m = tensors
        return self._scaled(m[index]) * x[index]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return self._scaled(tensors[1 - slot][index])

    def rule(self) -> str:
        return "the gradient passes where the mask does, with the same factor, and is 0 elsewhere"

    @property
    def _factor(self) -> float:
        return 1.0 if self.scale is None else float(self.scale.value)

    def _scaled(self, m: Formula) -> Formula:
        return m if self.scale is None else Number(self.scale.value, self.scale.text) * m
