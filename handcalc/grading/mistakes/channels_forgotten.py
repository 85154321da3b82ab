"""The channels of the input left out of a count of parameters."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer

_NAMES = ("channels", "channels_a_group")


class ChannelsForgotten(Mistake):
    """k·k·filters + filters in place of k·k·channels·filters + filters."""

    said: ClassVar[str] = "the channels were left out: every filter has a kernel for each of them"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        kept = [
            replace(w, sizes=tuple(size for size in w.sizes if size[0] not in _NAMES))
            for w in weights
        ]
        if kept != weights:
            yield sum(w.count for w in kept)
