"""Operations that treat each number alone: a = f(z), with the slope f'(z)."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Elementwise(Operation):
    """a = f(z) for every element; value and slope stand side by side in each file."""

    derivable: ClassVar[bool] = True
    by_cell: ClassVar[bool] = True

    @abstractmethod
    def of(self, z: Formula) -> Formula:
        """f(z)."""

    def expanded(self, z: Formula) -> Formula:
        """f(z) in elementary functions, from which its slope is derived rule by rule."""
        return self.of(z)

    @abstractmethod
    def slope(self, z: Formula, a: Formula) -> Formula:
        """f'(z), written with the output a where that is shorter."""

    @abstractmethod
    def values(self, z: "Array") -> "Array":
        """f(z) in numpy."""

    @abstractmethod
    def slopes(self, z: "Array", a: "Array") -> "Array":
        """f'(z) in numpy."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        return self.values(arrays[0])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return (gradient * self.slopes(arrays[0], output),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return self.of(tensors[0][index])

    def parts(self, index: Index, *tensors: Tensor) -> Mapping[str, Formula]:
        power = self.power(tensors[0][index])
        return {} if power is None else {"exp": power}

    def power(self, z: Formula) -> Formula | None:
        """The exponential in f(z), if there is one that people write down first."""
        return None

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return self.slope(tensors[0][index], output[index])
