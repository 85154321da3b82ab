"""Filters and channels confused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class FiltersForChannels(Mistake):
    """As many channels as before, or channels·filters of them, in place of one for each filter."""

    said: ClassVar[str] = "channels and filters were mixed up"

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        axis = _windows.channel_axis(received, layer, conventions)
        given = layer.output_shape(received, conventions)
        if axis is None or given is None or not hasattr(layer, "filters"):
            return
        channels = received[axis]
        for wrong in (channels, channels * given[axis]):
            if wrong != given[axis]:
                yield (*given[:axis], wrong, *given[axis + 1 :])

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        axis = _windows.channel_axis(received, layer, conventions)
        weights = list(layer.counts(received, conventions))
        if axis is None or not any(w.sizes == (("filters", w.count),) for w in weights):
            return
        # A bias for each channel in place of one for each filter.
        channels = ("channels", received[axis])
        yield sum(replace(w, sizes=(channels,)).count if w.is_bias else w.count for w in weights)
