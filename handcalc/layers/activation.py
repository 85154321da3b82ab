"""An activation as a layer of its own, on values of any shape."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import Activation as Function
from handcalc.layers._parts import only_on_lists


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
        source, _ = builder.received()
        builder.apply(self.function, (source,), "out")
