"""An activation as a layer of its own, on values of any shape.

Softmax gives shares that add to 1, along an axis. PReLU is a leaky ReLU whose slope below 0 is learned,
one for each value.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Array, Numbers, Shape, Sizes, Whole
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import Activation as Function
from handcalc.layers._parts import activated, no_axis, of_channels
from handcalc.layers._weights import Weights
from handcalc.operations._operation import Operation
from handcalc.operations.prelu import Prelu as Rectifier
from handcalc.operations.softmax import Softmax as Shares

ALPHA = Label("alpha", "slopes below 0", "α", ascii="alpha", given="alpha of")


class Activation(Layer):
    """a = f(z), each value by itself; softmax and normalize along the last axis, or their `axis`."""

    example: ClassVar[dict[str, Any]] = {"function": "sigmoid"}

    function: Function

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from no_axis(self.function, received, called)

    def build(self, builder: Builder) -> None:
        _apply(self.function, builder)


class Softmax(Layer):
    """y_i = e^(x_i)/Σ_j e^(x_j) along `axis`, counted from 1 and otherwise the last one."""

    example: ClassVar[dict[str, Any]] = {}

    axis: Whole = 0

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        for wrong in no_axis(Shares(axis=self.axis), received, called):
            yield Misfit(("axis",), wrong.what)

    def build(self, builder: Builder) -> None:
        _apply(Shares(axis=self.axis), builder)


class Prelu(Layer):
    """y = x for x > 0, else α·x. `alpha` has the shape of x, or is one number for all.

    Along `shared_axes`, counted from 1, one slope serves all, so that `alpha` has the size 1 there.
    PyTorch has a single slope for everything.
    """

    example: ClassVar[dict[str, Any]] = {}

    shared_axes: Sizes = ()
    alpha: Numbers | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        axes = len(received)
        for axis in self.shared_axes:
            if axis > axes:
                said = f"{called} shares axis {axis}, but receives {times(received)} values"
                instead = (
                    f"write axes from 1 to {axes}" if axes > 1 else "write [1], or leave it out"
                )
                yield Misfit(("shared_axes",), f"{said}; {instead}")
                return
        own = self._shape(received, conventions)
        if isinstance(self.alpha, Array) and self.alpha.shape not in ((), own):
            said = f"{called} has {times(self.alpha.shape)} slopes"
            if own:
                instead = f"for {times(received)} values; write one number, or {times(own)} of them"
            else:
                instead = "where PyTorch has one; write one number"
            yield Misfit(("alpha",), f"{said} {instead}")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        if conventions.framework == "pytorch":
            yield Weights("alpha", (("layer", 1),), said="Keras has one for each value")
            return
        own = self._shape(received, conventions)
        names = [f"axis_{i}" for i, _ in enumerate(own, 1)]
        yield Weights("alpha", tuple(zip(names, own, strict=True)) or (("layer", 1),))

    def build(self, builder: Builder) -> None:
        own = self._shape(builder.x.shape, builder.conventions)
        alpha = builder.parameter(ALPHA, own, self.alpha)
        builder.name(Rectifier()(builder.x, alpha), OUTPUTS)

    def _shape(self, received: Shape, conventions: Conventions) -> Shape:
        """One slope, or one for each value, along shared axes one for all."""
        one = isinstance(self.alpha, Array) and not self.alpha.shape
        if one or conventions.framework == "pytorch":
            return ()
        return tuple(1 if i in self.shared_axes else n for i, n in enumerate(received, 1))


def _apply(function: Operation, builder: Builder) -> None:
    shape = builder.x.shape
    channels = of_channels(shape, builder.conventions)
    builder.name(activated(function, builder.x, axis=len(shape), channels=channels), OUTPUTS)
