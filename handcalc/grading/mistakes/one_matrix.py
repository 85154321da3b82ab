"""One of the two matrices of a recurrent layer left out of a count."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class OneMatrix(Mistake):
    """inputs·units + units, or units·units + units, in place of inputs·units + units·units + units."""

    said: ClassVar[str] = "one of the two matrices was left out, for the inputs or for the state"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        of_state = [w for w in weights if w.name.endswith("recurrent_kernel")]
        of_inputs = [w for w in _counts.matrices(weights) if w not in of_state]
        for left_out in (of_state, of_inputs) if of_state else ():
            yield _counts.others(weights, left_out)

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        products = list(layer.products(received, conventions))
        of_state = [w for w in products if w.name.endswith("state_products")]
        if of_state:
            yield _counts.total(of_state)
            yield _counts.others(products, of_state)
