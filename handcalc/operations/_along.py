"""Operations that weigh the values along one axis against each other: every row is one list."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from pydantic import PrivateAttr

from handcalc.fields import Whole
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape


class Along(Operation):
    """`axis` is counted from 1; 0 means the last one."""

    derivable: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,),)},
        {"shapes": ((2, 3),)},
        {"axis": 1, "shapes": ((3, 2, 2),)},
    )

    letter: ClassVar[str] = "p"
    """What its results are called where its slope is derived: probabilities, or shares."""

    axis: Whole = 0

    _by_cell: bool = PrivateAttr(default=False)

    @property
    def by_cell(self) -> bool:  # type: ignore[override]  # it is the axis that decides
        return self._by_cell

    def along(self, axis: int, channels: int) -> Self:
        """The same along an axis, if it names none; along `channels` each place stays by itself."""
        found = self.model_copy(update={"axis": self.axis or axis})
        found._by_cell = found.axis == channels  # noqa: SLF001  # of the same class
        return found

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return self.row(index, shapes[0])

    def row(self, index: Index, shape: Shape) -> list[Index]:
        """The places that are weighed against each other, for one of them."""
        at = self._at(len(shape))
        return [(*index[:at], j, *index[at + 1 :]) for j in range(shape[at])]

    def numpy_axis(self, ndim: int) -> int:
        """The axis of an array whose first one is that of the samples."""
        return self._at(ndim - 1) + 1

    def _at(self, axes: int) -> int:
        """The axis from 0; a list has but one."""
        return min(self.axis or axes, axes) - 1
