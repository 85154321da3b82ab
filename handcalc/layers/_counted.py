"""Layers whose sizes and weights are counted; their values are not worked out."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Shape
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations._opaque import Opaque


def no_sequence(received: Shape, called: str) -> Iterator[Misfit]:
    """What is said of an input that is no sequence."""
    if len(received) != 2:
        said = f"{called} receives {times(received)} values, but takes a sequence"
        yield Misfit((), f"{said}; give it steps × features")


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
