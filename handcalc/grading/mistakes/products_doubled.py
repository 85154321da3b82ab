"""Multiplications and additions counted one by one."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class ProductsDoubled(Mistake):
    """2·n operations in place of n products, each with its addition; or 2·n - 1 for each sum of n."""

    said: ClassVar[str] = "products and additions were counted one by one"

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        whole = _counts.total(layer.products(received, conventions))
        yield 2 * whole
        given = layer.output_shape(received, conventions)
        if whole and given is not None:
            yield 2 * whole - prod(given)
