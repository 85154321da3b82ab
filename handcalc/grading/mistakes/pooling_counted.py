"""Parameters counted for a pooling layer, which has none."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._window import per_axis


class PoolingCounted(Mistake):
    """k·k, with or without the channels and a bias, in place of 0."""

    said: ClassVar[str] = "parameters were counted for a pooling layer, which has none"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        size = getattr(layer, "pool_size", None)
        if size is None:
            return
        window = prod(per_axis(size, getattr(layer, "rank", 1)))
        yield from (window, window + 1)
        axis = _windows.channel_axis(received, layer, conventions)
        if axis is not None:
            yield from (window * received[axis], (window + 1) * received[axis])
