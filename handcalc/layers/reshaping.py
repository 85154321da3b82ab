"""The same values in another arrangement: one list, another shape, other axes, n times over."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Extent, Shape, Sizes
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations.repeat import Repeat
from handcalc.operations.reshape import Reshape as ReshapeOperation
from handcalc.operations.transpose import Transpose


class Flatten(Layer):
    """y_m = x_ij, counted row by row, the last index first."""

    example: ClassVar[dict[str, Any]] = {}

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (prod(received),)

    def build(self, builder: Builder) -> None:
        flat = ReshapeOperation(shape=(prod(builder.x.shape),))
        builder.name(flat(builder.x), OUTPUTS)


class Reshape(Layer):
    """y_m = x_ij with m counting the cells row by row, the last index first."""

    example: ClassVar[dict[str, Any]] = {"target_shape": ["3", "1"]}

    target_shape: Sizes

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return self.target_shape

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if prod(received) != prod(self.target_shape):
            size, wanted = (times(s) for s in (received, self.target_shape))
            said = f"{called} receives {size} = {prod(received)} values, but {wanted} are {prod(self.target_shape)}"
            yield Misfit(
                ("target_shape",), f"{said}; write sizes whose product is {prod(received)}"
            )

    def build(self, builder: Builder) -> None:
        builder.name(ReshapeOperation(shape=self.target_shape)(builder.x), OUTPUTS)


class Permute(Layer):
    """y_ji = x_ij: `dims` names for each axis of the result the one it comes from, counted from 1."""

    example: ClassVar[dict[str, Any]] = {"dims": ["2", "1"]}
    example_input: ClassVar[Shape] = (2, 3)

    dims: Sizes

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if sorted(self.dims) != list(range(1, len(received) + 1)):
            axes = ", ".join(str(i + 1) for i in range(len(received)))
            yield Misfit(("dims",), f"{called} has axes {axes}; write each of them once")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if sorted(self.dims) != list(range(1, len(received) + 1)):
            return None
        return tuple(received[axis - 1] for axis in self.dims)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        yield f"axis 1, 2, … of the result is axis {', '.join(map(str, self.dims))} of what it receives"

    def build(self, builder: Builder) -> None:
        order = Transpose(axes=tuple(axis - 1 for axis in self.dims))
        builder.name(order(builder.x), OUTPUTS)


class RepeatVector(Layer):
    """y_ij = x_j: n rows, each of them the list."""

    example: ClassVar[dict[str, Any]] = {"n": "2"}

    n: Extent

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) != 1:
            size = times(received)
            said = f"{called} receives {size} values, but repeats a list"
            yield Misfit((), f"{said}; write - flatten before it")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return (self.n, *received)

    def build(self, builder: Builder) -> None:
        builder.name(Repeat(n=self.n)(builder.x), OUTPUTS)
