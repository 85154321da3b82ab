"""Flatten: all values in one list, row by row."""

from math import prod
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._layer import Builder, Conventions, Layer
from handcalc.operations.reshape import Reshape


class Flatten(Layer):
    """y_m = x_ij, counted row by row, the last index first."""

    example: ClassVar[dict[str, Any]] = {}

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (prod(received),)

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        builder.apply(Reshape(shape=(prod(received),)), (source,), "out")
