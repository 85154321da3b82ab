"""Operations that put several inputs together cell by cell; an axis of size 1 serves for all."""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Together(Operation):
    """y = f(a, b, …) for every cell; value and slopes stand side by side in each file."""

    slots: ClassVar[tuple[str, ...]] = ("a", "b")
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,))},
        {"shapes": ((2, 3), (1, 3))},
        {"shapes": ((2, 1), (1, 3))},
    )

    @abstractmethod
    def of(self, *terms: Formula) -> Formula:
        """f(a, b, …)."""

    @abstractmethod
    def values(self, *arrays: "Array") -> "Array":
        """f(a, b, …) in numpy."""

    @abstractmethod
    def slopes(self, *arrays: "Array") -> "Sequence[Array | float]":
        """∂f/∂a, ∂f/∂b, … in numpy."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return tuple(max(sizes) for sizes in zip(*shapes, strict=True))

    def forward(self, *arrays: "Array") -> "Array":
        return self.values(*arrays)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        shape = gradient.shape
        full = [np.broadcast_to(_leveled(a, gradient.ndim), shape) for a in arrays]
        parts = (gradient * slope for slope in self.slopes(*full))
        return tuple(_gathered(part, a, shape) for part, a in zip(parts, arrays, strict=True))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return self.of(*(tensor[at(index, tensor.shape)] for tensor in tensors))

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        result = self.output_shape(*shapes)
        axes = (
            range(n) if own == 1 else (i,)
            for i, own, n in zip(index, shapes[slot], result, strict=True)
        )
        return tuple(product(*axes))


def at(index: Index, shape: Shape) -> Index:
    """The cell of an input that serves for a cell of the result."""
    return tuple(i if n > 1 else 0 for i, n in zip(index, shape, strict=True))


def _leveled(array: "Array", ndim: int) -> "Array":
    """What all samples share, as if it were one sample."""
    return array if array.ndim == ndim else array[None]


def _gathered(part: "Array", array: "Array", shape: tuple[int, ...]) -> "Array":
    """The gradient of an input sample by sample: summed where one cell served for many."""
    own = _leveled(array, len(shape)).shape
    axes = tuple(i for i in range(1, len(shape)) if own[i] == 1 and shape[i] > 1)
    return part.sum(axis=axes, keepdims=True) if axes else part
