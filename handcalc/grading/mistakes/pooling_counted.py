"""Parameters counted for a pooling layer, which has none."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._window import per_axis
from handcalc.layers.pooling import Pooling


class PoolingCounted(Mistake):
    """k·k, with or without the channels, in place of 0."""

    said: ClassVar[str] = "pooling has no parameters: nothing is learned in it"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        if not isinstance(layer, Pooling):
            return
        window = prod(per_axis(layer.pool_size, layer.rank))
        channels = received[0 if conventions.channels == "first" else -1]
        yield from (window, window * channels, window * channels + channels, window + 1)
