"""y = rows of a table, chosen by whole numbers; the gradient goes back to the rows that were chosen."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from handcalc.formula import Formula, number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


def rows_of(numbers: "Array") -> tuple[tuple[int, ...], ...]:
    """Whole numbers, a list for each sample."""
    return tuple(map(tuple, numbers.reshape(len(numbers), -1).astype(int).tolist()))


class LookUp(Operation):
    """y_ij = table_(rows_i, j), rows counted from 0; ∂y_ij/∂table_(rows_i, j) = 1.

    Which rows are chosen has no slope, so they are an option, one list for each sample; the input that
    names them gets the gradient 0.
    """

    slots: ClassVar[tuple[str, ...]] = ("x", "table")
    parameters: ClassVar[tuple[str, ...]] = ("table",)
    over_samples: ClassVar[bool] = True
    by_value: ClassVar[bool] = True
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"rows": ((2, 0, 2), (1, 1, 0), (0, 2, 1)), "shapes": ((3,), (3, 2))},
    )

    rows: tuple[tuple[int, ...], ...]

    def output_shape(self, *shapes: Shape) -> Shape:
        return (len(self.rows[0]), shapes[1][1])

    def results(self, *shapes: Shape) -> Iterator[Index]:
        return indices((len(self.rows), *self.output_shape(*shapes)))

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        found: Array = arrays[1][np.array(self.rows)]
        return found

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        table = np.zeros((len(gradient), *arrays[1].shape))
        for sample, rows in enumerate(self.rows):
            np.add.at(table[sample], list(rows), gradient[sample])
        return np.zeros_like(arrays[0]), table

    def backward_of_batch(
        self, wanted: Collection[int], gradient: "Array", output: "Array", *arrays: "Array"
    ) -> "Mapping[int, Array]":
        import numpy as np

        table = np.zeros_like(arrays[1])
        np.add.at(table, np.array(self.rows), gradient)
        return {1: table}

    def choices(self, *shapes: Shape) -> int | None:
        return shapes[1][0]

    def of_numbers(self, numbers: "Array") -> Self:
        return self.model_copy(update={"rows": rows_of(numbers)})

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        sample, place, column = index
        return tensors[1][(self.rows[sample][place], column)]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            return ()
        row, column = index
        return tuple(
            (sample, place, column)
            for sample, rows in enumerate(self.rows)
            for place, own in enumerate(rows)
            if own == row
        )

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def rule(self) -> str:
        return "only rows that were looked up get a gradient; a row looked up twice gets both"
