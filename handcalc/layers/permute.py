"""Permute: the axes in another order."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape, Sizes
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Misfit


class Permute(Counted):
    """`dims` names for each axis of the result the one it comes from, counted from 1."""

    example: ClassVar[dict[str, Any]] = {"dims": ["2", "1"]}
    example_input: ClassVar[Shape] = (2, 3)

    dims: Sizes

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if sorted(self.dims) != list(range(1, len(received) + 1)):
            axes = ", ".join(str(i + 1) for i in range(len(received)))
            yield Misfit(("dims",), f"{called} has axes {axes}; write each of them once")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if sorted(self.dims) != list(range(1, len(received) + 1)):
            return None
        return tuple(received[axis - 1] for axis in self.dims)
