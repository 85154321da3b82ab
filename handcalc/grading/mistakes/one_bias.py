"""One bias counted for a whole layer."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class OneBias(Mistake):
    """inputs·units + 1 in place of inputs·units + units."""

    said: ClassVar[str] = "one bias was counted for the whole layer"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        biases = _counts.biases(weights)
        if _counts.total(biases) > 1:
            yield _counts.others(weights, biases) + 1
