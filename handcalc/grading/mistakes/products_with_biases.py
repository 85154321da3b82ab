"""The additions of the biases counted among the multiply-adds."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class ProductsWithBiases(Mistake):
    """(k·k·channels + 1)·cells·filters in place of k·k·channels·cells·filters."""

    said: ClassVar[str] = "the biases were counted among the multiply-adds"

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        biases = _counts.total(_counts.biases(layer.counts(received, conventions)))
        given = layer.output_shape(received, conventions)
        if not biases or given is None:
            return
        whole = _counts.total(layer.products(received, conventions))
        yield from (whole + prod(given), whole + biases)
