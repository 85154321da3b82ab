"""Convolution as networks mean it: Y = B + X ⋆ K, the kernel slid without turning it.

What all convolutions share stands here: kernels, their size, groups, padding, a bias, an activation.
"""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Annotated, Any, ClassVar

from handcalc.errors import count, times
from handcalc.fields import Array, Count, Extent, Numbers, Random, Shape, Truth
from handcalc.layers._label import BIAS, KERNEL
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import (
    Activation,
    bias,
    bias_not_used,
    has_bias,
    name_outputs,
    no_axis,
    no_axis_of_channels,
)
from handcalc.layers._weights import Weights
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
from handcalc.operations._convolution import Convolution
from handcalc.operations.correlate import Correlate

Bias = Annotated[Array | Random | str, *bias("none", "filters", "cells")]


class Conv(Layer):
    """y = b + Σ k·x under the window, then the activation.

    Where the input has no axis for channels, `kernel` is as it is written on paper. With channels it is
    kh × kw × channels × filters, or filters × channels × kh × kw with `notation: {channels: first}`; with
    `groups` the channels are those of one group. Without numbers `kernel_size` and `filters` say the
    sizes. `bias` is numbers (one, one a filter, one a cell of the output), `filters` or `cells` for
    symbols, or `none`.
    """

    called: ClassVar[str] = "conv"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"kernel_size": "2"}
    example_input: ClassVar[Shape] = (3, 3)

    kernel: Numbers | None = None
    kernel_size: PerAxis | None = None
    filters: Extent = 1
    strides: PerAxis = (1,)
    padding: Padding = "valid"
    dilation_rate: PerAxis = (1,)
    groups: Count = 1
    flip: Truth = False
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    # --- what it is built from, to be said by each kind of convolution ---------------------------

    def operation(self, received: Shape, kernel: Shape, conventions: Conventions) -> Convolution:
        """The operation behind the word."""
        order = with_channels(received, self.rank, conventions)
        size = Channels(order).taps_of(kernel)
        strides, dilation = self.per_axis(self.strides), self.per_axis(self.dilation_rate)
        spatial = Channels(order).spatial(received)
        return Correlate(
            size=size,
            strides=strides,
            dilation=dilation,
            padding=pads(self.padding, size, strides, dilation, spatial),
            channels=order,
            groups=self.groups_of(received, conventions),
            flip=self.flip,
        )

    def groups_of(self, received: Shape, conventions: Conventions) -> int:
        """How many groups of channels there are that do not mix."""
        return self.groups

    def kernels_wanted(self, channels: int) -> tuple[int, int]:
        """Filters and channels of each, for so many channels of the input."""
        return self.filters, max(1, channels // self.groups)

    # --- the layer -------------------------------------------------------------------------------

    def per_axis(self, sizes: tuple[int, ...]) -> Shape:
        """One size for each axis."""
        return per_axis(sizes, self.rank)

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        kernel = self._kernel_shape(received, conventions)
        if kernel is None or any(self._wrong_kernel(received, kernel, conventions, "")):
            return None
        operation = self.operation(received, kernel, conventions)
        return operation.output_shape(received, kernel)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if wrong:
            yield from wrong
            return
        kernel = self._kernel_shape(received, conventions)
        if kernel is None and isinstance(self.kernel, Random):
            said = f"{called} draws its kernel at random; write kernel_size: and how large it is"
            yield Misfit((), said)
            return
        if kernel is None:
            yield Misfit((), f"{called} has neither a kernel nor its size; write kernel: [[…], …]")
            return
        wrong = list(self._wrong_kernel(received, kernel, conventions, called))
        yield from wrong
        if wrong:
            return
        yield from self._contradictions(received, kernel, conventions, called)
        yield from self._wrong_window(received, kernel, conventions, called)
        output = self.operation(received, kernel, conventions).output_shape(received, kernel)
        filters = (Channels(with_channels(received, self.rank, conventions)).count(output),)
        fits = ((), output, *((filters,) if len(output) > self.rank else ()))
        if isinstance(self.bias, Array) and self.bias.shape not in fits:
            said = f"{called} has a bias that fits neither its filters nor its cells"
            yield Misfit(("bias",), f"{said}; write one number, one a filter or one a cell")
        yield from no_axis(self.activation, output, called)
        yield from no_axis_of_channels(self.activation, output, self.rank, called)

    def _contradictions(
        self, received: Shape, kernel: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        """Fields that say something else than the kernel, than each other, or than the framework."""
        if self.padding == "same" and conventions.framework == "pytorch" and max(self.strides) > 1:
            said = f"{called} moves by more than 1, where PyTorch has no padding: same"
            yield Misfit(("padding",), f"{said}; write the cells a side, such as padding: 1")
        order = Channels(with_channels(received, self.rank, conventions))
        taps, given = order.taps_of(kernel), self.model_fields_set
        if self.kernel_size is not None and self.per_axis(self.kernel_size) != taps:
            said = f"{called} has a kernel of {times(taps)}"
            yield Misfit(("kernel_size",), f"{said}; leave kernel_size out")
        filters = order.count(
            self.operation(received, kernel, conventions).output_shape(received, kernel)
        )
        if "filters" in given and order.order != "none" and self.filters != filters:
            yield Misfit(
                ("filters",), f"{called} has {count(filters, 'filter')}; leave filters out"
            )
        yield from bias_not_used(self.bias, called, use_bias=self.use_bias)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        kernel = self._kernel_shape(received, conventions)
        assert kernel is not None
        operation = self.operation(received, kernel, conventions)
        filters, channels = operation.order.kernels_of(kernel)
        names = ("kernel_depth", "kernel_rows", "kernel_columns")[3 - self.rank :]
        taps = tuple(zip(names, operation.order.taps_of(kernel), strict=True))
        if self.rank == 1:
            taps = (("kernel_size", taps[0][1]),)
        each = prod(operation.order.taps_of(kernel)) * channels
        with_channels = operation.order.order != "none"
        seen = "channels" if self.groups_of(received, conventions) == 1 else "channels_a_group"
        more = ((seen, channels), ("filters", filters)) if with_channels else ()
        yield Weights("kernel", (*taps, *more), said=f"{each} a filter" if with_channels else "")
        if self.has_bias:
            own = self._bias_shape(operation.output_shape(received, kernel), operation)
            sizes = tuple(("filters" if len(own) == 1 else "cells", n) for n in own)
            yield Weights("bias", sizes or (("layer", 1),))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        kernel, *_ = self.counts(received, conventions)
        yield Weights("products", (("cells", self._cells(received, conventions)), *kernel.sizes))

    def _cells(self, received: Shape, conventions: Conventions) -> int:
        """The places at which the kernel is put: the cells of one channel of the result."""
        kernel = self._kernel_shape(received, conventions)
        assert kernel is not None
        operation = self.operation(received, kernel, conventions)
        return prod(operation.order.spatial(operation.output_shape(received, kernel)))

    def build(self, builder: Builder) -> None:
        received = builder.x.shape
        kernel = self._kernel_shape(received, builder.conventions)
        assert kernel is not None
        operation = self.operation(received, kernel, builder.conventions)
        taken = [builder.x, builder.parameter(KERNEL, kernel, self.kernel)]
        if self.has_bias:
            own = self._bias_shape(operation.output_shape(received, kernel), operation)
            numbers = None if isinstance(self.bias, str) else self.bias
            taken.append(builder.parameter(BIAS, own, numbers))
        name_outputs(builder, operation(*taken), self.activation)

    @property
    def has_bias(self) -> bool:
        """Is there a bias?"""
        return has_bias(self.bias, self.kernel, use_bias=self.use_bias)

    def _bias_shape(self, output: Shape, operation: Convolution) -> Shape:
        if isinstance(self.bias, Array):
            return self.bias.shape
        if self.bias == "cells":
            return output
        return (operation.order.count(output),) if len(output) > self.rank else ()

    def _kernel_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        """The shape of the numbers, or the one that the sizes ask for."""
        if isinstance(self.kernel, Array):
            return self.kernel.shape
        if self.kernel_size is None or any(unfit(self, received)):
            return None
        order = Channels(with_channels(received, self.rank, conventions))
        wanted = self.kernels_wanted(order.count(received))
        return order.kernel_joined(*wanted, self.per_axis(self.kernel_size))

    def _wrong_kernel(
        self, received: Shape, kernel: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        """A kernel whose axes or channels are not those of the input."""
        wrong = list(unfit(self, received, called))
        if wrong:
            yield from wrong
            return
        field = "kernel_size" if self.kernel is None else "kernel"
        order = Channels(with_channels(received, self.rank, conventions))
        axes = self.rank + (2 if order.order != "none" else 0)
        size = times(received)
        if len(kernel) != axes:
            said = (
                f"{called} receives {size} values and has a kernel of {count(len(kernel), 'axis')}"
            )
            yield Misfit(
                (field,),
                f"{said}; write one of {count(axes, 'axis')}{_layout(order.order, self.rank)}",
            )
            return
        filters, each = order.kernels_of(kernel)
        channels, groups = order.count(received), self.groups_of(received, conventions)
        if order.order == "none" and (self.filters > 1 or self.groups > 1):
            one = "filters" if self.filters > 1 else "groups"
            said = f"{called} has several {one}, but its input has no axis for channels"
            yield Misfit(
                (one,), f"{said}; write the input with one, of size 1 for a single channel"
            )
        elif channels % groups or filters % groups:
            said = f"{called} has {count(channels, 'channel')} and {count(filters, 'filter')}, not to be parted into {groups} groups"
            yield Misfit(("groups",), f"{said}; write a number that divides both")
        elif each * groups != channels:
            said = f"{called} has a kernel for {count(each * groups, 'channel')}, but receives {channels}"
            yield Misfit((field,), f"{said}; write a kernel with {channels // groups}")

    def _wrong_window(
        self, received: Shape, kernel: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        """A window that does not fit into the input, or leaves some of it over."""
        operation = self.operation(received, kernel, conventions)
        spatial = operation.order.spatial(received)
        field = "kernel_size" if self.kernel is None else "kernel"
        large = list(too_large(operation.windows, spatial, called, field))
        yield from large or not_whole(operation.windows, spatial, conventions, called)


def _layout(order: str, rank: int) -> str:
    """How a kernel with channels is written."""
    if order == "none":
        return ""
    taps = " × ".join(("kd", "kh", "kw")[3 - rank :]) if rank > 1 else "k"
    return (
        f": filters × channels × {taps}" if order == "first" else f": {taps} × channels × filters"
    )


class Conv1d(Conv):
    """y_i = b + Σ_u k_u·x_(i+u), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class Conv2d(Conv):
    """y_ij = b + Σ_uv k_uv·x_(i+u)(j+v), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 2


class Conv3d(Conv):
    """y_hij = b + Σ_tuv k_tuv·x_(h+t)(i+u)(j+v), then the activation. `flip: true` turns the kernel by 180° first."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
