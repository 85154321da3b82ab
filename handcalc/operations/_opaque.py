"""An operation of which only the shape of the result is known: enough for sizes and weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

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
        _refused()

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        _refused()

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        _refused()

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return ()

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        _refused()


def _refused() -> NoReturn:
    """Who asks for values has been refused in words before; getting here is a fault of ours."""
    raise AssertionError("values of a layer that is only counted")
