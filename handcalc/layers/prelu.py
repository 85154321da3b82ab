"""PReLU: a leaky ReLU whose slope below 0 is learned, one for each value."""

from collections.abc import Iterable

from handcalc.fields import Shape, Sizes
from handcalc.layers._counted import CellByCell
from handcalc.layers._layer import Conventions
from handcalc.layers._weights import Weights


class Prelu(CellByCell):
    """alpha has the shape of x; along `shared_axes`, counted from 1, one slope serves all.

    PyTorch has a single slope for everything.
    """

    shared_axes: Sizes = ()

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        if conventions.framework == "pytorch":
            yield Weights("alpha", (("layer", 1),), said="Keras has one for each value")
            return
        own = [(f"axis_{i}", 1 if i in self.shared_axes else n) for i, n in enumerate(received, 1)]
        yield Weights("alpha", tuple(own))
