"""Separable convolution: each channel by itself, then all of them mixed cell by cell."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Annotated, Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Array, Extent, Numbers, Random, Shape, Truth
from handcalc.layers._label import BIAS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import Activation, bias, bias_not_used, has_bias, name_outputs, no_axis
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
from handcalc.operations._operation import Operation
from handcalc.operations._windows import Windows
from handcalc.operations.correlate import Correlate
from handcalc.operations.correlate_depthwise import CorrelateDepthwise
from handcalc.operations.correlate_pointwise import CorrelatePointwise

Bias = Annotated[Array | Random | str, *bias("none", "filters")]
DEPTHWISE_KERNEL = Label(
    "depthwise_kernel", "depthwise kernel", "k", given="depthwise kernel of", kernel=True
)
POINTWISE_KERNEL = Label(
    "pointwise_kernel", "pointwise kernel", "p", given="pointwise kernel of", kernel=True
)
DEPTHWISE = Label("depthwise", "depthwise sums")


class SeparableConv(Layer):
    """d_f = x_c ⋆ k_cm, y_i = b_i + Σ_f p_fi·d_f: a kernel for each channel, then a 1 × 1 kernel.

    `depthwise_kernel` is kh × kw × channels × multiplier, `pointwise_kernel` 1 × 1 × channels·multiplier ×
    filters; with `notation: {channels: first}` they are channels·multiplier × 1 × kh × kw and filters ×
    channels·multiplier × 1 × 1. Without numbers `kernel_size`, `depth_multiplier` and `filters` say the
    sizes. `bias` is one number, one a filter, or `none`.
    """

    called: ClassVar[str] = "conv"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"filters": "4", "kernel_size": "2"}

    filters: Extent | None = None
    kernel_size: PerAxis | None = None
    strides: PerAxis = (1,)
    padding: Padding = "valid"
    dilation_rate: PerAxis = (1,)
    depth_multiplier: Extent = 1
    depthwise_kernel: Numbers | None = None
    pointwise_kernel: Numbers | None = None
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    # --- what fits -------------------------------------------------------------------------------

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if not wrong and len(received) == self.rank:
            said = f"{called} mixes channels, but its input has no axis for them"
            wrong.append(Misfit((), f"{said}; write one of size 1"))
        wrong = wrong or list(self._wrong_kernels(received, conventions, called))
        yield from wrong
        if wrong:
            return
        spatial = self._order(received, conventions).spatial(received)
        field = "kernel_size" if self.depthwise_kernel is None else "depthwise_kernel"
        yield from too_large(self._windows(spatial, conventions), spatial, called, field)
        filters = self._filters(conventions)
        if isinstance(self.bias, Array) and self.bias.shape not in ((), (filters,)):
            said = f"{called} has a bias that does not fit its {filters} filters"
            yield Misfit(("bias",), f"{said}; write one number or one a filter")
        yield from bias_not_used(self.bias, called, use_bias=self.use_bias)
        yield from no_axis(self.activation, received, called)

    def _wrong_kernels(
        self, received: Shape, conventions: Conventions, called: str
    ) -> Iterator[Misfit]:
        """Kernels without a size, or of another one than is wanted."""
        for word, size in (("depthwise_kernel", "kernel_size"), ("pointwise_kernel", "filters")):
            numbers = getattr(self, word)
            if getattr(self, size) is None and not isinstance(numbers, Array):
                said = f"{called} has neither a {word.replace('_', ' ')} nor {size}"
                yield Misfit((), f"{said}; write {size}: {2 if size == 'kernel_size' else 4}")
                return
            if not isinstance(numbers, Array):
                continue
            wanted = len(numbers.shape) == self.rank + 2 and self._wanted(
                word, received, conventions
            )
            if numbers.shape != wanted:
                said = f"{called} has a {word.replace('_', ' ')} of {times(numbers.shape)} numbers"
                layout = _layout(word, self.rank, conventions)
                instead = times(wanted) if wanted else "one"
                yield Misfit((word,), f"{said}; write {instead}, that is {layout}")
                return

    def _wanted(self, word: str, received: Shape, conventions: Conventions) -> Shape:
        """The shape of a kernel."""
        order = self._order(received, conventions)
        channels, taps = order.count(received), self._taps(conventions)
        made = channels * self._multiplier(channels, conventions)
        if word == "pointwise_kernel":
            return order.kernel_joined(self._filters(conventions), made, (1,) * self.rank)
        if order.order == "first":
            return order.kernel_joined(made, 1, taps)
        return (*taps, channels, self._multiplier(channels, conventions))

    def _taps(self, conventions: Conventions) -> Shape:
        if self.kernel_size is not None:
            return per_axis(self.kernel_size, self.rank)
        assert isinstance(self.depthwise_kernel, Array)
        return Channels(conventions.channels).taps_of(self.depthwise_kernel.shape)

    def _multiplier(self, channels: int, conventions: Conventions) -> int:
        """How many kernels there are for each channel."""
        given = isinstance(self.depthwise_kernel, Array)
        if not given or "depth_multiplier" in self.model_fields_set:
            return self.depth_multiplier
        assert isinstance(self.depthwise_kernel, Array)
        shape = self.depthwise_kernel.shape
        return max(1, shape[0] // channels) if conventions.channels == "first" else shape[-1]

    def _filters(self, conventions: Conventions) -> int:
        if self.filters is not None:
            return self.filters
        assert isinstance(self.pointwise_kernel, Array)
        return Channels(conventions.channels).kernels_of(self.pointwise_kernel.shape)[0]

    # --- sizes and counts ------------------------------------------------------------------------

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)) or len(received) == self.rank:
            return None
        if any(self._wrong_kernels(received, conventions, "")):
            return None
        order = self._order(received, conventions)
        spatial = order.spatial(received)
        places = self._windows(spatial, conventions).places(spatial)
        return order.joined(self._filters(conventions), places)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        channels = self._order(received, conventions).count(received)
        size, filters = self._taps(conventions), ("filters", self._filters(conventions))
        names = ("kernel_rows", "kernel_columns") if self.rank == 2 else ("kernel_size",)
        multiplier = ("depth_multiplier", self._multiplier(channels, conventions))
        yield Weights(
            "depthwise_kernel",
            (*zip(names, size, strict=True), ("channels", channels), multiplier),
            said=f"{prod(size)} a channel",
        )
        yield Weights("pointwise_kernel", (("channels", channels), multiplier, filters))
        if self._has_bias:
            one = isinstance(self.bias, Array) and not self.bias.shape
            yield Weights("bias", (("layer", 1) if one else filters,))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        output = self.output_shape(received, conventions)
        assert output is not None
        cells = (("cells", prod(self._order(received, conventions).spatial(output))),)
        depthwise, pointwise, *_ = self.counts(received, conventions)
        yield Weights("depthwise_products", (*cells, *depthwise.sizes))
        yield Weights("pointwise_products", (*cells, *pointwise.sizes))

    # --- the layer -------------------------------------------------------------------------------

    def build(self, builder: Builder) -> None:
        x, conventions = builder.x, builder.conventions
        depthwise, pointwise = (
            builder.parameter(label, self._wanted(label.word, x.shape, conventions), numbers)
            for label, numbers in (
                (DEPTHWISE_KERNEL, self.depthwise_kernel),
                (POINTWISE_KERNEL, self.pointwise_kernel),
            )
        )
        d = builder.name(self._by_channel(x.shape, conventions)(x, depthwise), DEPTHWISE)
        taken = [d, pointwise]
        if self._has_bias:
            numbers = None if isinstance(self.bias, str) else self.bias
            one = isinstance(self.bias, Array) and not self.bias.shape
            taken.append(
                builder.parameter(BIAS, () if one else (self._filters(conventions),), numbers)
            )
        order = self._order(x.shape, conventions).order
        mixed = CorrelatePointwise(size=(1,) * self.rank, channels=order)(*taken)
        name_outputs(builder, mixed, self.activation)

    @property
    def _has_bias(self) -> bool:
        """Is there a bias?"""
        return has_bias(self.bias, self.depthwise_kernel, use_bias=self.use_bias)

    def _by_channel(self, received: Shape, conventions: Conventions) -> Operation:
        order = self._order(received, conventions)
        channels = order.count(received)
        windows = self._windows(order.spatial(received), conventions)
        options: dict[str, Any] = {
            "size": windows.size,
            "strides": windows.strides,
            "dilation": windows.dilation,
            "padding": windows.padding,
            "groups": channels,
        }
        if order.order == "first":
            return Correlate(**options, channels="first")
        return CorrelateDepthwise(**options, multiplier=self._multiplier(channels, conventions))

    def _order(self, received: Shape, conventions: Conventions) -> Channels:
        return Channels(with_channels(received, self.rank, conventions))

    def _windows(self, spatial: Shape, conventions: Conventions) -> Windows:
        size = self._taps(conventions)
        strides, dilation = (
            per_axis(sizes, self.rank) for sizes in (self.strides, self.dilation_rate)
        )
        return Windows.of(
            size, strides, dilation, pads(self.padding, size, strides, dilation, spatial)
        )


def _layout(word: str, rank: int, conventions: Conventions) -> str:
    """How a kernel is written."""
    pointwise = word == "pointwise_kernel"
    taps = " × ".join(["1"] * rank if pointwise else ["kh", "kw"] if rank == 2 else ["k"])
    if conventions.channels == "first":
        before = "filters × channels·multiplier" if pointwise else "channels·multiplier × 1"
        return f"{before} × {taps}"
    after = "channels·multiplier × filters" if pointwise else "channels × multiplier"
    return f"{taps} × {after}"


class SeparableConv1d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (5, 2)


class SeparableConv2d(SeparableConv):
    """A depthwise and a pointwise kernel."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4, 2)
