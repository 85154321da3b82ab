"""h_ik = 1 for the k that the whole number x_i names, else 0; a step without a slope."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from handcalc.formula import Formula, number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices
from handcalc.operations.look_up import rows_of

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class OneHot(Operation):
    """Row i has its one in place rows_i, counted from 0; the gradient by the input is 0.

    Which place that is has no slope, so the places are an option: one list for each sample.
    """

    slots: ClassVar[tuple[str, ...]] = ("x",)
    over_samples: ClassVar[bool] = True
    by_value: ClassVar[bool] = True
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"rows": ((2, 0), (1, 1), (0, 2)), "size": 3, "shapes": ((2,),)},
    )

    rows: tuple[tuple[int, ...], ...]
    size: int

    def output_shape(self, *shapes: Shape) -> Shape:
        return (len(self.rows[0]), self.size)

    def results(self, *shapes: Shape) -> Iterator[Index]:
        return indices((len(self.rows), *self.output_shape(*shapes)))

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        found: Array = np.eye(self.size)[np.array(self.rows)]
        return found

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (arrays[0] * 0.0,)

    def choices(self, *shapes: Shape) -> int | None:
        return self.size

    def of_numbers(self, numbers: "Array") -> Self:
        return self.model_copy(update={"rows": rows_of(numbers)})

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        sample, place, column = index
        return number(int(self.rows[sample][place] == column))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ()

    def rule(self) -> str:
        return "which row has its one where is no matter of slopes"
