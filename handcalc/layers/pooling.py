"""Pooling: one number from each window, the largest or the mean."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape, Truth
from handcalc.formula.open_size import OpenSize
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._pooled import Pooled
from handcalc.layers._window import (
    Padding,
    PerAxis,
    not_whole,
    on_padding_alone,
    pads,
    per_axis,
    too_large,
    unfit,
    with_channels,
)
from handcalc.operations._channels import Channels
from handcalc.operations._pool import Pool
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.max_pool import MaxPool


class Pooling(Pooled):
    """One number from each window; `strides` is the size of the window unless the file says it.

    With `dilation_rate: d` the cells of the window stand d apart. With `ceil_mode: true` the number of
    places is rounded up: the last window may hang over the end, where there is nothing to pool.
    """

    example: ClassVar[dict[str, Any]] = {"pool_size": "2"}
    example_input: ClassVar[Shape] = (4, 4)

    pool_size: PerAxis = (2,)
    strides: PerAxis | None = None
    padding: Padding = "valid"
    dilation_rate: PerAxis = (1,)
    ceil_mode: Truth = False

    @abstractmethod
    def operation(self, **window: Any) -> Pool:
        """The operation behind the word."""

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if wrong:
            yield from wrong
            return
        pool = self.pool(received, conventions)
        spatial = pool.order.spatial(received)
        large = list(too_large(pool.windows, spatial, called, "pool_size"))
        yield from large or not_whole(pool.windows, spatial, conventions, called)
        yield from on_padding_alone(pool.windows, spatial, called)
        if self.ceil_mode and any(isinstance(spare, OpenSize) for spare in pool.windows.spare()):
            said = f"{called} rounds up, and whether a window more would begin behind the input hangs on its letters"
            yield Misfit(("ceil_mode",), f"{said}; write numbers for them")
        if self.ceil_mode and self.padding == "same":
            said = f"{called} has padding: same, with which no cell is left over to round up for"
            yield Misfit(
                ("ceil_mode",), f"{said}; leave ceil_mode out, or write padding in numbers"
            )

    def pool(self, received: Shape, conventions: Conventions) -> Pool:
        order = with_channels(received, self.rank, conventions)
        size = per_axis(self.pool_size, self.rank)
        strides = per_axis(self.strides or size, self.rank)
        dilation = per_axis(self.dilation_rate, self.rank)
        spatial = Channels(order).spatial(received)
        return self.operation(
            size=size,
            strides=strides,
            dilation=dilation,
            padding=pads(self.padding, size, strides, dilation, spatial),
            ceil=self.ceil_mode,
            channels=order,
        )


class MaxPooling(Pooling):
    """The largest value of each window."""

    def operation(self, **window: Any) -> Pool:
        return MaxPool(**window)


class AveragePooling(Pooling):
    """The mean of each window; what hangs over the end never counts."""

    count_padding: Truth = False

    def operation(self, **window: Any) -> Pool:
        return AveragePool(**window, count_padding=self.count_padding)


class MaxPooling1d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class MaxPooling2d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 2


class MaxPooling3d(MaxPooling):
    """y = max of the window; ties send the gradient to the first in reading order."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)


class AveragePooling1d(AveragePooling):
    """y = mean of the window; padding counts as zeros only with `count_padding: true`."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class AveragePooling2d(AveragePooling):
    """y = mean of the window; padding counts as zeros only with `count_padding: true`."""

    rank: ClassVar[int] = 2


class AveragePooling3d(AveragePooling):
    """y = mean of the window; padding counts as zeros only with `count_padding: true`."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 2, 4)
