"""The places of the window left out of a count of multiply-adds."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer

_NAMES = ("cells", "rows", "steps")


class PlacesForgotten(Mistake):
    """k·k·channels·filters, the weights, in place of as many at every cell."""

    said: ClassVar[str] = "the places at which the weights are used again were left out"

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        products = list(layer.products(received, conventions))
        once = _counts.without(products, *_NAMES)
        if once != products:
            yield _counts.total(once)
