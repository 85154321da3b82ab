"""Pooling: one number from each window, the largest or the mean."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape, Truth
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import (
    Padding,
    PerAxis,
    not_whole,
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


class Pooling(Layer):
    """One number from each window; `strides` is the size of the window unless the file says it."""

    called: ClassVar[str] = "pool"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"pool_size": "2"}
    example_input: ClassVar[Shape] = (4, 4)

    pool_size: PerAxis = (2,)
    strides: PerAxis | None = None
    padding: Padding = "valid"

    @abstractmethod
    def operation(self, **window: Any) -> Pool:
        """The operation behind the word."""

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self._pool(received, conventions).output_shape(received)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if wrong:
            yield from wrong
            return
        pool = self._pool(received, conventions)
        spatial = pool.order.spatial(received)
        large = list(too_large(pool.windows, spatial, called, "pool_size"))
        yield from large or not_whole(pool.windows, spatial, conventions, called)
        if any(max(pair) >= k for pair, k in zip(pool.windows.padding, pool.size, strict=True)):
            said = f"{called} has windows that lie on padding alone"
            yield Misfit(("padding",), f"{said}; write less padding than the window is wide")

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        builder.apply(self._pool(received, builder.conventions), (source,), "out")

    def _pool(self, received: Shape, conventions: Conventions) -> Pool:
        order = with_channels(received, self.rank, conventions)
        size = per_axis(self.pool_size, self.rank)
        strides = per_axis(self.strides or size, self.rank)
        ones = tuple(1 for _ in size)
        spatial = Channels(order).spatial(received)
        return self.operation(
            size=size,
            strides=strides,
            padding=pads(self.padding, size, strides, ones, spatial),
            channels=order,
        )


class MaxPooling(Pooling):
    """The largest value of each window."""

    def operation(self, **window: Any) -> Pool:
        return MaxPool(**window)


class AveragePooling(Pooling):
    """The mean of each window."""

    count_padding: Truth = False

    def operation(self, **window: Any) -> Pool:
        return AveragePool(**window, count_padding=self.count_padding)
