"""y = max x or min x of all numbers of a list or a matrix; of equal ones the first counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Call, Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Extreme(Operation):
    """∂y/∂x_i = 1 for the number that counts, 0 for the others."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((4,),)},
        {"kind": "min", "shapes": ((2, 3),)},
    )

    kind: Literal["max", "min"] = "max"

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, *arrays: "Array") -> "Array":
        flat = arrays[0].reshape(len(arrays[0]), -1)
        found: Array = flat.max(axis=1) if self.kind == "max" else flat.min(axis=1)
        return found

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x = arrays[0]
        flat = x.reshape(len(x), -1)
        place = flat.argmax(axis=1) if self.kind == "max" else flat.argmin(axis=1)
        won = np.arange(flat.shape[1]) == place[:, None]
        return ((gradient[:, None] * won).reshape(x.shape),)

    def at_corner(self, *arrays: "Array") -> bool:
        flat = arrays[0].reshape(len(arrays[0]), -1)
        best = flat.max(axis=1) if self.kind == "max" else flat.min(axis=1)
        return bool(((flat == best[:, None]).sum(axis=1) > 1).any())

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        cells = tuple(x[i] for i in indices(x.shape))
        return cells[0] if len(cells) == 1 else Call(self.kind, cells)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ((),)

    def rule(self) -> str:
        return "only the number that counts passes a gradient; of equal ones the first"
