"""Layers whose sizes and weights are counted; their values are not worked out."""

from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._layer import Builder, Conventions, Layer
from handcalc.operations._opaque import Opaque


class Counted(Layer):
    """A shape and weights."""

    example: ClassVar[dict[str, Any]] = {}

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        """Without weights and sizes of its own a layer passes on what it receives."""
        return received

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        shape = self.output_shape(received, builder.conventions)
        assert shape is not None
        for weights in self.counts(received, builder.conventions):
            builder.counted(weights)
        builder.apply(Opaque(shape=shape), (source,), "out")
