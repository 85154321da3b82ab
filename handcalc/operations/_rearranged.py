"""Operations that move numbers to other places without changing them; every slope is 1."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from handcalc.formula import Formula, number
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Rearranged(Operation):
    """y_i = x_j of one of the inputs: which one, and where it stood there, is all there is to say."""

    slots: ClassVar[tuple[str, ...]] = ("x",)

    @abstractmethod
    def origin(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """The slot and the place that an element of the result comes from."""

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        slot, place = self.origin(index, *(tensor.shape for tensor in tensors))
        return tensors[slot][place]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return _goes_to(self, shapes).get((slot, index), ())

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        return number(1)

    def rule(self) -> str:
        return "the numbers stay the same and only change their places"


@lru_cache(maxsize=64)
def _goes_to(
    operation: Rearranged, shapes: tuple[Shape, ...]
) -> dict[tuple[int, Index], tuple[Index, ...]]:
    found: dict[tuple[int, Index], list[Index]] = {}
    for index in indices(operation.output_shape(*shapes)):
        found.setdefault(operation.origin(index, *shapes), []).append(index)
    return {origin: tuple(places) for origin, places in found.items()}


def leveled(array: "Array", ndim: int) -> "Array":
    """An array with an axis for the samples; what they all share gets one of size 1."""
    return array[None] if array.ndim == ndim else array
