"""An activation as a layer of its own, on values of any shape.

Softmax gives shares that add to 1, along the last axis. PReLU is a leaky ReLU whose slope below 0 is
learned, one for each value.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape, Sizes
from handcalc.layers._counted import CellByCell
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import Activation as Function
from handcalc.layers._parts import only_on_lists
from handcalc.layers._weights import Weights


class Activation(Layer):
    """a = f(z), each value by itself; softmax and normalize work on lists."""

    example: ClassVar[dict[str, Any]] = {"function": "sigmoid"}

    function: Function

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from only_on_lists(self.function, received, called)

    def build(self, builder: Builder) -> None:
        builder.name(self.function(builder.x), OUTPUTS)


class Softmax(CellByCell):
    """y has the shape of x; there are no weights."""


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
