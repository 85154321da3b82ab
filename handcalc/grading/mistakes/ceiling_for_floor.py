"""A size rounded up where it is rounded down, or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._window import per_axis


class CeilingForFloor(Mistake):
    """ceil((n - k)/s) + 1 in place of floor((n - k)/s) + 1: the size for s - 1 cells more."""

    said: ClassVar[str] = "the size was rounded up where it is rounded down, or the other way round"

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        rank = getattr(layer, "rank", 0)
        strides = getattr(layer, "strides", None) or getattr(layer, "pool_size", None)
        if not rank or strides is None or max(strides) == 1:
            return
        if getattr(layer, "ceil_mode", False):
            other = layer.model_copy(update={"ceil_mode": False}).output_shape(
                received, conventions
            )
        else:
            each, wide = per_axis(strides, rank), list(received)
            for axis, s in zip(_windows.spatial(received, rank, conventions), each, strict=True):
                wide[axis] += s - 1
            other = layer.output_shape(tuple(wide), conventions)
        if other is not None:
            yield other
