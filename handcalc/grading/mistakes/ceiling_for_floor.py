"""A size rounded up where it is rounded down."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._window import per_axis


class CeilingForFloor(Mistake):
    """ceil((n - k)/s) + 1 in place of floor((n - k)/s) + 1: the size for s - 1 cells more."""

    said: ClassVar[str] = "the size was rounded up; windows that do not fit are left out"

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        rank = getattr(layer, "rank", 0)
        strides = getattr(layer, "strides", None) or getattr(layer, "pool_size", None)
        if not rank or strides is None or getattr(layer, "ceil_mode", False):
            return
        first = 1 if conventions.channels == "first" and len(received) > rank else 0
        each = per_axis(strides, rank)
        wide = tuple(
            n + (each[i - first] - 1 if first <= i < first + rank else 0)
            for i, n in enumerate(received)
        )
        other = layer.output_shape(wide, conventions)
        if other is not None:
            yield other
