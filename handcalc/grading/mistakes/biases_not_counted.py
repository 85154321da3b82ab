"""The biases left out of a count of parameters."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class BiasesNotCounted(Mistake):
    """k·k·channels·filters in place of k·k·channels·filters + filters."""

    said: ClassVar[str] = "the biases were not counted"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        biases = _counts.biases(weights)
        if biases:
            yield _counts.others(weights, biases)
