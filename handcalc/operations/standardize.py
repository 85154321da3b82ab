"""y = (x - μ)/√v, with a mean μ and a variance v that are given, one pair for all or one a channel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number, sqrt
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Standardize(Operation):
    """∂y/∂x = 1/√v; μ and v are constants."""

    slots: ClassVar[tuple[str, ...]] = ("x",)
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"mean": ("0.5",), "variance": ("4",), "shapes": ((3,),)},
        {"mean": ("1", "-2"), "variance": ("2", "0.25"), "axis": 1, "shapes": ((3, 2),)},
        {"mean": ("1", "-2"), "variance": ("3",), "axis": 0, "shapes": ((2, 3),)},
    )

    mean: tuple[Given, ...]
    variance: tuple[Given, ...]
    axis: int = 0
    """The axis of the channels, from 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        x = arrays[0]
        return (x - self._along(self.mean, x.ndim)) / self._deviation(x)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (gradient / self._deviation(arrays[0]),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        mean = self._of(self.mean, index)
        return (tensors[0][index] - mean) / sqrt(self._of(self.variance, index))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return 1 / sqrt(self._of(self.variance, index))

    def rule(self) -> str:
        return "mean and variance are constants here: the gradient is divided by the root of the variance"

    def _of(self, numbers: tuple[Given, ...], index: Index) -> Formula:
        own = numbers[index[self.axis] if len(numbers) > 1 else 0]
        return Number(own.value, own.text)

    def _deviation(self, x: "Array") -> "Array":
        import numpy as np

        return np.sqrt(self._along(self.variance, x.ndim))

    def _along(self, numbers: tuple[Given, ...], ndim: int) -> "Array":
        """The numbers along the axis of the channels, for all samples."""
        import numpy as np

        sizes = [1] * ndim
        sizes[self.axis + 1] = len(numbers)
        return np.array([float(n.value) for n in numbers]).reshape(sizes)
