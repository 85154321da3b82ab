"""An operation of which only the shape of the result is known: enough for sizes and weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handcalc.formula import Formula
from handcalc.operations._operation import Index, Operation, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Opaque(Operation):
    """A result of a shape; whoever asks for its values is refused before any is computed."""

    shape: tuple[int, ...]

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.shape

    def forward(self, *arrays: "Array") -> "Array":
        raise NotImplementedError

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        raise NotImplementedError

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        raise NotImplementedError

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ()

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        raise NotImplementedError
