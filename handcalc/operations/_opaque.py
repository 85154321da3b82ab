"""An operation of which only the shape of the result is known: enough for sizes and weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn, Self

from pydantic import PrivateAttr

from handcalc.fields import AsIs
from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor
from handcalc.operations._windows import Windows

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Opaque(Operation):
    """A result of a shape; whoever asks for its values is refused before any is computed."""

    shape: tuple[AsIs, ...]
    local: bool = False
    """Does each cell depend on the cell in its place alone?"""
    _windows: Windows | None = PrivateAttr(default=None)

    @property
    def windows(self) -> Windows | None:
        """The window through which each cell sees the input, if there is one."""
        return self._windows

    def seeing(self, windows: Windows | None) -> Self:
        """The same operation with a window."""
        self._windows = windows
        return self

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
