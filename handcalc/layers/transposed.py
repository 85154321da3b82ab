"""Transposed convolution: each value spreads over a window, as the gradient of a convolution does."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.formula.open_size import OpenSize
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Weights
from handcalc.layers._window import Extra, pads, unfit, with_channels
from handcalc.layers.convolution import Conv
from handcalc.operations._channels import Channels
from handcalc.operations._convolution import Convolution
from handcalc.operations._windows import Windows
from handcalc.operations.correlate_transposed import CorrelateTransposed


class ConvTranspose(Conv):
    """y_(i·s+u) = b + Σ k_u·x_i, then the activation.

    `kernel` is kh × kw × filters × channels, or channels × filters × kh × kw with `notation: {channels:
    first}`. `padding` is cut off the result; `same` makes it s times as large as the input.
    `output_padding` adds cells at the end; unless it is given, Keras gives each value at least a stride
    of cells, PyTorch does not.
    """

    rank: ClassVar[int]

    output_padding: Extra = (0,)

    def operation(self, received: Shape, kernel: Shape, conventions: Conventions) -> Convolution:
        order = with_channels(received, self.rank, conventions)
        size, spatial = Channels(order).taps_of(kernel), Channels(order).spatial(received)
        strides, dilation = self.per_axis(self.strides), self.per_axis(self.dilation_rate)
        extra = self.per_axis(self.output_padding)
        wide = tuple(n * s for n, s in zip(spatial, strides, strict=True))
        padding = pads(self.padding, size, strides, dilation, wide)
        if "output_padding" not in self.model_fields_set and conventions.framework == "keras":
            extra = self._up_to_strides(size)
        if self.padding == "same":
            reach = Windows.of(size, strides, dilation, padding).reach(spatial)
            extra = tuple(w - r for w, r in zip(wide, reach, strict=True))
        return CorrelateTransposed(
            size=size,
            strides=strides,
            dilation=dilation,
            padding=padding,
            extra=extra,
            channels=order,
            groups=self.groups,
        )

    def _up_to_strides(self, size: Shape) -> Shape:
        """The cells that lack where a window is smaller than its strides and nothing is padded."""
        if self.padding != "valid":
            return tuple(0 for _ in size)
        axes = zip(
            size, self.per_axis(self.strides), self.per_axis(self.dilation_rate), strict=True
        )
        # A window of any size is as wide as a stride of 1.
        lacking = [s - d * (k - 1) - 1 if s > 1 else 0 for k, s, d in axes]
        return tuple(n if isinstance(n, OpenSize) else max(n, 0) for n in lacking)

    def differs(self, received: Shape, conventions: Conventions) -> str:
        kernel = self._kernel_shape(received, conventions)
        assert kernel is not None
        order = Channels(with_channels(received, self.rank, conventions))
        lacking = any(self._up_to_strides(order.taps_of(kernel)))
        if not lacking or "output_padding" in self.model_fields_set:
            return ""
        ways = (
            "in Keras each value gets at least a stride of cells",
            "in PyTorch the last window ends the result",
        )
        own, other = ways if conventions.framework == "keras" else ways[::-1]
        return f"{own[0].upper()}{own[1:]}; {other}."

    def kernels_wanted(self, channels: int) -> tuple[int, int]:
        return channels, max(1, self.filters // self.groups)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        named = {"channels": "filters", "filters": "channels"}
        for weights in super().counts(received, conventions):
            if weights.name != "kernel":
                yield weights
                continue
            sizes = tuple((named.get(name, name), n) for name, n in weights.sizes)
            # As everywhere the channels of the input come first.
            order = (*sizes[: self.rank], *sizes[self.rank :][::-1])
            yield Weights("kernel", order)

    def _cells(self, received: Shape, conventions: Conventions) -> int:
        """The kernel is put to every cell of one channel of the input."""
        order = Channels(with_channels(received, self.rank, conventions))
        return prod(order.spatial(received))

    def _wrong_kernel(
        self, received: Shape, kernel: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        if any(unfit(self, received)):
            yield from super()._wrong_kernel(received, kernel, conventions, called)
            return
        order = Channels(with_channels(received, self.rank, conventions))
        axes = self.rank + 2 * (order.order != "none")
        if len(kernel) != axes or order.order == "none":
            yield from super()._wrong_kernel(received, kernel, conventions, called)
            return
        channels = order.count(received)
        own, _ = order.kernels_of(kernel)
        if own != channels:
            said = f"{called} has a kernel for {own} channels, but receives {channels}"
            yield Misfit(("kernel",), f"{said}; write a kernel with {channels}")
        elif channels % self.groups or (self.kernel is None and self.filters % self.groups):
            what = f"{channels} channels and {self.filters} filters"
            said = f"{called} has {what}, not to be parted into {self.groups} groups"
            yield Misfit(("groups",), f"{said}; write a number that divides both")

    def _wrong_window(
        self, received: Shape, kernel: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        operation = self.operation(received, kernel, conventions)
        if min(operation.order.spatial(operation.output_shape(received, kernel))) < 1:
            yield Misfit(("padding",), f"{called} cuts off all of its result; write less padding")
        if self.padding == "same" and "output_padding" in self.model_fields_set:
            said = f"{called} has padding: same, which says how large the result is"
            yield Misfit(("output_padding",), f"{said}; leave output_padding out")
        given = "output_padding" in self.model_fields_set
        if (
            conventions.framework == "keras"
            and not given
            and any(
                isinstance(lacking, OpenSize)
                for lacking in self._up_to_strides(operation.order.taps_of(kernel))
            )
        ):
            said = f"{called} gives each value at least a stride of cells, and whether its window is smaller hangs on letters"
            yield Misfit(("strides",), f"{said}; write numbers for them, or output_padding: 0")
        extra, strides = self.per_axis(self.output_padding), self.per_axis(self.strides)
        if any(r >= s for r, s in zip(extra, strides, strict=True) if r):
            said = f"{called} adds as many cells as a stride is long, or more"
            yield Misfit(("output_padding",), f"{said}; write less than the strides")
        if self.flip:
            yield Misfit(("flip",), f"{called} spreads the kernel as it stands; leave flip out")


class Conv1dTranspose(ConvTranspose):
    """The way back through a conv1d, with a kernel of its own."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class Conv2dTranspose(ConvTranspose):
    """The way back through a conv2d, with a kernel of its own."""

    rank: ClassVar[int] = 2


class Conv3dTranspose(ConvTranspose):
    """The way back through a conv3d, with a kernel of its own."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
