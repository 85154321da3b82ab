"""Handles: what a layer writes its equations with, z = W @ x + b, before any number is known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handcalc.fields import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Operation


@dataclass(frozen=True, slots=True, eq=False)
class Handle:
    """A quantity with its name, or what an operation will make of other handles.

    What has no name of its own stands inside the formula of what is named next: of
    `f = name(sigmoid(W @ x + U @ h + b))` one formula remains, with W, x, U, h and b in it.
    """

    shape: Shape
    name: str = ""
    operation: "Operation | None" = None
    inputs: "tuple[Handle, ...]" = ()

    def __add__(self, other: "Handle") -> "Handle":
        from handcalc.operations.add import Add

        return Add()(self, other)

    def __sub__(self, other: "Handle") -> "Handle":
        from handcalc.operations.subtract import Subtract

        return Subtract()(self, other)

    def __mul__(self, other: "Handle") -> "Handle":
        from handcalc.operations.multiply import Multiply

        return Multiply()(self, other)

    def __truediv__(self, other: "Handle") -> "Handle":
        from handcalc.operations.divide import Divide

        return Divide()(self, other)

    def __matmul__(self, other: "Handle") -> "Handle":
        from handcalc.operations.matmul import Matmul

        return Matmul(ranks=(len(self.shape), len(other.shape)))(self, other)

    def __getitem__(self, index: int | slice) -> "Handle":
        """One part along the first axis, or a run of them."""
        from handcalc.operations.slice import Slice
        from handcalc.operations.take import Take

        if isinstance(index, slice):
            start, stop, _ = index.indices(self.shape[0])
            return Slice(start=start, stop=stop, rank=len(self.shape))(self)
        return Take(at=index % self.shape[0], rank=len(self.shape))(self)

    @property
    def T(self) -> "Handle":  # noqa: N802  # as everywhere
        """The transpose."""
        from handcalc.operations.transpose import Transpose

        return Transpose(axes=tuple(reversed(range(len(self.shape)))))(self)


def as_node(handle: Handle) -> "tuple[Operation, tuple[str, ...]]":
    """The one operation that makes a handle from named quantities, and their names."""
    assert handle.operation is not None
    if all(part.name for part in handle.inputs):
        return handle.operation, tuple(part.name for part in handle.inputs)
    from handcalc.operations._composed import composed

    return composed(handle)
