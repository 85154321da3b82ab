"""Handles: what a layer writes its equations with, z = W @ x + b, before any number is known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handcalc import operations
from handcalc.operations._tensor import Shape

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
    shared: bool = False
    """Have all samples this quantity in common, as a weight or the mean of a batch?"""

    def __add__(self, other: "Handle") -> "Handle":
        return made("add", self, other)

    def __rsub__(self, other: int) -> "Handle":
        assert other == 1
        return made("complement", self)

    def __sub__(self, other: "Handle") -> "Handle":
        return made("subtract", self, other)

    def __mul__(self, other: "Handle") -> "Handle":
        return made("multiply", self, other)

    def __truediv__(self, other: "Handle") -> "Handle":
        return made("divide", self, other)

    def __matmul__(self, other: "Handle") -> "Handle":
        ranks = (len(self.shape), len(other.shape))
        return made("matmul", self, other, ranks=ranks)

    def __getitem__(self, index: int | slice) -> "Handle":
        """One part along the first axis, or a run of them."""
        rank = len(self.shape)
        if isinstance(index, slice):
            start, stop, _ = index.indices(self.shape[0])
            return made("slice", self, start=start, stop=stop, rank=rank)
        return made("take", self, at=index % self.shape[0], rank=rank)

    @property
    def T(self) -> "Handle":  # noqa: N802  # as everywhere
        """The transpose."""
        return made("transpose", self, axes=tuple(reversed(range(len(self.shape)))))


def made(operation: str, *handles: Handle, **options: Any) -> Handle:
    """What an operation makes of some handles."""
    found: Handle = operations.load(operation).model_validate(options)(*handles)  # type: ignore[operator]
    return found
