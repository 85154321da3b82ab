"""Repeat vector: a list, n times over."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Extent, Shape
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Misfit


class RepeatVector(Counted):
    """n rows, each of them the list."""

    example: ClassVar[dict[str, Any]] = {"n": "2"}

    n: Extent

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) != 1:
            size = times(received)
            said = f"{called} receives {size} values, but repeats a list"
            yield Misfit((), f"{said}; write - flatten before it")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (self.n, *received)
