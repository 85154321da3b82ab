"""The channels left out where an array becomes a list, or is counted as the input of a dense layer."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer

AXES = 3


class FlattenedChannelsForgotten(Mistake):
    """rows·columns in place of rows·columns·channels, and as many inputs of the next layer."""

    said: ClassVar[str] = "the channels were left out where the array becomes a list"

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        if layer.word == "flatten" and len(received) >= AXES:
            yield (_cells(received, conventions),)

    def counts_behind(
        self, layer: Layer, before: Layer, received: Shape, conventions: Conventions
    ) -> Iterator[int]:
        if (layer.word, before.word) == ("dense", "flatten") and len(received) >= AXES:
            inputs = (_cells(received, conventions),)
            yield sum(w.count for w in layer.counts(inputs, conventions))


def _cells(received: Shape, conventions: Conventions) -> int:
    """The cells of one channel."""
    return prod(received[1:] if conventions.channels == "first" else received[:-1])
