"""Adaptive pooling: `output_size` says how many windows there are, and they follow from that."""

from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._layer import Conventions
from handcalc.layers._pooled import Pooled
from handcalc.layers._window import Times, per_axis, with_channels
from handcalc.operations._adaptive import AdaptivePool
from handcalc.operations.adaptive_average_pool import AdaptiveAveragePool
from handcalc.operations.adaptive_max_pool import AdaptiveMaxPool


class AdaptivePooling(Pooled):
    """One number from each of m windows along n cells: the i-th from floor((i - 1)·n/m) + 1 to ceil(i·n/m)."""

    kind: ClassVar[type[AdaptivePool]]
    example: ClassVar[dict[str, Any]] = {"output_size": "2"}
    example_input: ClassVar[Shape] = (3, 5)

    output_size: Times

    def pool(self, received: Shape, conventions: Conventions) -> AdaptivePool:
        order = with_channels(received, self.rank, conventions)
        return self.kind(output_size=per_axis(self.output_size, self.rank), channels=order)


class AdaptiveMaxPooling(AdaptivePooling):
    """The largest value of each window."""

    kind: ClassVar[type[AdaptivePool]] = AdaptiveMaxPool


class AdaptiveAveragePooling(AdaptivePooling):
    """The mean of each window."""

    kind: ClassVar[type[AdaptivePool]] = AdaptiveAveragePool


class AdaptiveMaxPooling1d(AdaptiveMaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (5,)


class AdaptiveMaxPooling2d(AdaptiveMaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 2


class AdaptiveMaxPooling3d(AdaptiveMaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)


class AdaptiveAveragePooling1d(AdaptiveAveragePooling):
    """y = mean of the window; where m does not divide n windows overlap."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (5,)


class AdaptiveAveragePooling2d(AdaptiveAveragePooling):
    """y = mean of the window; where m does not divide n windows overlap."""

    rank: ClassVar[int] = 2


class AdaptiveAveragePooling3d(AdaptiveAveragePooling):
    """y = mean of the window; where m does not divide n windows overlap."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
