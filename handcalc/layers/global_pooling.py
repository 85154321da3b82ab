"""Global pooling: one window over everything, so that one number a channel remains."""

from typing import Any, ClassVar

from handcalc.fields import Shape, Truth
from handcalc.layers._layer import Conventions
from handcalc.layers._pooled import Pooled
from handcalc.layers._window import with_channels
from handcalc.operations._channels import Channels
from handcalc.operations._pool import Pool
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.max_pool import MaxPool


class GlobalPooling(Pooled):
    """A list with one number a channel."""

    kind: ClassVar[type[Pool]]
    example: ClassVar[dict[str, Any]] = {}
    example_input: ClassVar[Shape] = (2, 3)

    keepdims: Truth = False
    """Are the axes kept, each with one cell, instead of a list?"""

    def pool(self, received: Shape, conventions: Conventions) -> Pool:
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
