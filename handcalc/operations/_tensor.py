"""A quantity seen element by element: its shape, its indices from 0, the symbol of each element."""

from collections.abc import Iterator
from itertools import product
from typing import Protocol, TypeAlias

from handcalc.formula import Formula

Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[int, ...]


def indices(shape: Shape) -> Iterator[Index]:
    """All indices of a shape in reading order."""
    yield from product(*map(range, shape))


class Tensor(Protocol):
    """A quantity seen element by element: `x[j]` is the formula of its j-th element."""

    @property
    def shape(self) -> Shape:
        """The sizes along each axis."""

    def __getitem__(self, index: int | Index) -> Formula:
        """The symbol of one element."""
