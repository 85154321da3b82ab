"""One of several arrays of weights left out of a count."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer

_NAMED = ("recurrent_kernel", "output_kernel")
"""Arrays of layers in which leaving one out has a name of its own."""


class ArrayLeftOut(Mistake):
    """The kernel of the channels without that which mixes them; queries and keys without values."""

    said: ClassVar[str] = "one of the arrays of weights was left out of the count"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        arrays = [w for w in _counts.matrices(weights) if w.trained]
        if len(arrays) < 2 or any(w.name.endswith(_NAMED[0]) for w in arrays):
            return
        for array in arrays:
            if array.name != _NAMED[1]:
                stem = array.name.removesuffix("kernel")
                bias = [w for w in _counts.biases(weights) if stem and w.name == f"{stem}bias"]
                yield _counts.others(weights, (array, *bias))
