"""Reshape: the same values in another shape, in reading order."""

from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Shape, Sizes
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations.reshape import Reshape as ReshapeOperation


class Reshape(Layer):
    """y_m = x_ij with m counting the cells row by row, the last index first."""

    example: ClassVar[dict[str, Any]] = {"target_shape": ["3", "1"]}

    target_shape: Sizes

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return self.target_shape

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if prod(received) != prod(self.target_shape):
            size, wanted = (times(s) for s in (received, self.target_shape))
            said = f"{called} receives {size} = {prod(received)} values, but {wanted} are {prod(self.target_shape)}"
            yield Misfit(
                ("target_shape",), f"{said}; write sizes whose product is {prod(received)}"
            )

    def build(self, builder: Builder) -> None:
        source, _ = builder.received()
        builder.apply(ReshapeOperation(shape=self.target_shape), (source,), "out")
