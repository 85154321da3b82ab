"""Layers whose sizes and weights are counted; their values are not worked out."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Shape
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations._opaque import Opaque
from handcalc.operations._windows import Windows


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

    def local(self) -> bool:
        """Does each cell depend on the cell in its place alone?"""
        return False

    def windows(self, received: Shape, conventions: Conventions) -> Windows | None:
        """The window through which each cell sees what the layer receives, if there is one."""
        return None

    def build(self, builder: Builder) -> None:
        received, shapes = builder.x.shape, tuple(x.shape for x in builder.inputs)
        shape = self.shape_of(shapes, builder.conventions)
        assert shape is not None
        for weights in self.counts_of(shapes, builder.conventions):
            builder.counted(weights)
        opaque = Opaque(shape=shape, local=self.local())
        windows = self.windows(received, builder.conventions)
        builder.name(opaque.seeing(windows)(builder.x), OUTPUTS)


class CellByCell(Counted):
    """A layer that changes each cell by itself, or along its channels."""

    def local(self) -> bool:
        return True
