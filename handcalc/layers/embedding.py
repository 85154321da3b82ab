"""Embedding: each whole number of a list becomes a row of a table."""

from collections.abc import Iterable
from typing import Any, ClassVar

from handcalc.fields import Extent, Shape
from handcalc.layers._counted import CellByCell
from handcalc.layers._layer import Conventions
from handcalc.layers._weights import Weights


class Embedding(CellByCell):
    """A row of `output_dim` numbers for each of `input_dim` words."""

    example: ClassVar[dict[str, Any]] = {"input_dim": "10", "output_dim": "4"}

    input_dim: Extent
    output_dim: Extent

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (*received, self.output_dim)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield Weights("table", (("input_dim", self.input_dim), ("output_dim", self.output_dim)))
