"""Global pooling: one window over everything, so that one number a channel remains."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape, Truth
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import unfit, with_channels
from handcalc.operations._channels import Channels
from handcalc.operations._pool import Pool
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.max_pool import MaxPool


class GlobalPooling(Layer):
    """A list with one number a channel."""

    called: ClassVar[str] = "pool"
    rank: ClassVar[int]
    kind: ClassVar[type[Pool]]
    example: ClassVar[dict[str, Any]] = {}
    example_input: ClassVar[Shape] = (2, 3)

    keepdims: Truth = False
    """Are the axes kept, each with one cell, instead of a list?"""

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self._pool(received, conventions).output_shape(received)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from unfit(self, received, called)

    def build(self, builder: Builder) -> None:
        builder.name(self._pool(builder.x.shape, builder.conventions)(builder.x), OUTPUTS)

    def _pool(self, received: Shape, conventions: Conventions) -> Pool:
        order = with_channels(received, self.rank, conventions)
        return self.kind(
            size=Channels(order).spatial(received), channels=order, flat=not self.keepdims
        )


class GlobalMaxPooling(GlobalPooling):
    """The largest value of each channel."""

    kind: ClassVar[type[Pool]] = MaxPool


class GlobalAveragePooling(GlobalPooling):
    """The mean of each channel."""

    kind: ClassVar[type[Pool]] = AveragePool


class GlobalMaxPooling1d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class GlobalMaxPooling2d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 2


class GlobalMaxPooling3d(GlobalMaxPooling):
    """y_c = max of all cells of channel c."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)


class GlobalAveragePooling1d(GlobalAveragePooling):
    """y_c = mean of all cells of channel c."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class GlobalAveragePooling2d(GlobalAveragePooling):
    """y_c = mean of all cells of channel c."""

    rank: ClassVar[int] = 2


class GlobalAveragePooling3d(GlobalAveragePooling):
    """y_c = mean of all cells of channel c."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)
