"""The channels of the input left out of a count."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights

_NAMES = ("channels", "channels_a_group")


class ChannelsForgotten(Mistake):
    """k·k·filters + filters in place of k·k·channels·filters + filters."""

    said: ClassVar[str] = "the channels of the input were left out of the count"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        yield from _left_out(list(layer.counts(received, conventions)))

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        yield from _left_out(list(layer.products(received, conventions)))


def _left_out(weights: list[Weights]) -> Iterator[int]:
    """In kernels; where a channel has one number alone, there is nothing else to count."""
    kernels = [w for w in weights if len(w.sizes) > 1]
    found = _counts.without(kernels, *_NAMES)
    if found != kernels:
        yield _counts.others(weights, kernels) + _counts.total(found)
