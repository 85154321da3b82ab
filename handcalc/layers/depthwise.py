"""Depthwise convolution: as many groups as channels, so that no two of them mix."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Extent, Shape
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._window import with_channels
from handcalc.layers.convolution import Conv
from handcalc.operations._channels import Channels


class DepthwiseConv(Conv):
    """y_c = b_c + x_c ⋆ k_c, with `depth_multiplier` kernels for each channel.

    `kernel` is kh × kw × 1 × filters, or filters × 1 × kh × kw with `notation: {channels: first}`.
    """

    depth_multiplier: Extent = 1

    def groups_of(self, received: Shape, conventions: Conventions) -> int:
        return Channels(with_channels(received, self.rank, conventions)).count(received)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        for field in sorted({"filters", "groups"} & self.model_fields_set):
            said = f"{called} makes depth_multiplier filters of each channel"
            yield Misfit((field,), f"{said}; leave {field} out")
        yield from super().misfits(received, conventions, called, values)

    def kernels_wanted(self, channels: int) -> tuple[int, int]:
        return channels * self.depth_multiplier, 1


class DepthwiseConv1d(DepthwiseConv):
    """y_c = b_c + x_c ⋆ k_c for each channel by itself, then the activation."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)


class DepthwiseConv2d(DepthwiseConv):
    """y_c = b_c + x_c ⋆ k_c for each channel by itself, then the activation."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (3, 3, 2)
