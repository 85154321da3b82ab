"""The number of filters left out of a count."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class FiltersForgotten(Mistake):
    """k·k·channels + 1, or with a bias for each filter, in place of k·k·channels·filters + filters."""

    said: ClassVar[str] = "the number of filters was left out of the count"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        biases, kernels = _counts.biases(weights), _counts.matrices(weights)
        one = _counts.without(kernels, "filters")
        if one != kernels:
            yield _counts.total((*one, *biases))
            if biases:
                yield _counts.total((*one, *_counts.without(biases, "filters")))

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        products = list(layer.products(received, conventions))
        one = _counts.without(products, "filters")
        if one != products:
            yield _counts.total(one)
