"""Separable convolution: each channel by itself, then all of them mixed cell by cell."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any, ClassVar

from handcalc.fields import Extent, Shape, Truth
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Weights
from handcalc.layers._window import (
    Padding,
    PerAxis,
    pads,
    per_axis,
    too_large,
    unfit,
    with_channels,
)
from handcalc.operations._channels import Channels
from handcalc.operations._windows import Windows


class SeparableConv(Counted):
    """A depthwise kernel for each channel, then a 1 × 1 kernel over the channels of the result."""

    called: ClassVar[str] = "conv"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"filters": "4", "kernel_size": "2"}

    filters: Extent
    kernel_size: PerAxis
    strides: PerAxis = (1,)
    padding: Padding = "valid"
    dilation_rate: PerAxis = (1,)
    depth_multiplier: Extent = 1
    use_bias: Truth = True

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if not wrong and len(received) == self.rank:
            said = f"{called} mixes channels, but its input has no axis for them"
            wrong.append(Misfit((), f"{said}; write one of size 1"))
        yield from wrong
        if not wrong:
            spatial = self._order(received, conventions).spatial(received)
            yield from too_large(self._windows(spatial), spatial, called, "kernel_size")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        order = self._order(received, conventions)
        spatial = order.spatial(received)
        return order.joined(self.filters, self._windows(spatial).places(spatial))

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        channels = self._order(received, conventions).count(received)
        size = per_axis(self.kernel_size, self.rank)
        taps = (
            tuple(zip(("kernel_rows", "kernel_columns"), size, strict=True))
            if self.rank == 2
            else (("kernel_size", size[0]),)
        )
        multiplier = ("depth_multiplier", self.depth_multiplier)
        yield Weights(
            "depthwise_kernel",
            (*taps, ("channels", channels), multiplier),
            said=f"{prod(size)} a channel",
        )
        yield Weights(
            "pointwise_kernel", (("channels", channels), multiplier, ("filters", self.filters))
        )
        if self.use_bias:
            yield Weights("bias", (("filters", self.filters),))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        output = self.output_shape(received, conventions)
        assert output is not None
        cells = (("cells", prod(self._order(received, conventions).spatial(output))),)
        depthwise, pointwise, *_ = self.counts(received, conventions)
        yield Weights("depthwise_products", (*cells, *depthwise.sizes))
        yield Weights("pointwise_products", (*cells, *pointwise.sizes))

    def windows(self, received: Shape, conventions: Conventions) -> Windows:
        return self._windows(self._order(received, conventions).spatial(received))

    def _order(self, received: Shape, conventions: Conventions) -> Channels:
        return Channels(with_channels(received, self.rank, conventions))

    def _windows(self, spatial: Shape) -> Windows:
        size, strides, dilation = (
            per_axis(sizes, self.rank)
            for sizes in (self.kernel_size, self.strides, self.dilation_rate)
        )
        return Windows.of(
            size, strides, dilation, pads(self.padding, size, strides, dilation, spatial)
        )


class SeparableConv1d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (5, 2)


class SeparableConv2d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4, 2)
