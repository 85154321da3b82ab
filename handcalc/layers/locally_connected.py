"""Locally connected: a window as in a convolution, with weights of its own at every place."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import count, times
from handcalc.fields import Array, Extent, Numbers, Random, Shape, Truth, mistake, quoted
from handcalc.layers._label import BIAS, Label
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
from handcalc.layers._window import PerAxis, not_whole, per_axis, too_large, unfit, with_channels
from handcalc.operations._channels import Channels
from handcalc.operations.local_correlate import LocalCorrelate

Bias = Annotated[Array | Random | str, *bias("none")]
KERNEL = Label("kernel", "kernel", "k", given="kernel of")


def _valid(value: object) -> str:
    if value != "valid":
        said = f"{quoted(value)}: a place on padding would have weights that see nothing"
        raise mistake(f"{said}; write valid, or zero_padding before the layer")
    return "valid"


Valid = Annotated[
    Literal["valid"], PlainValidator(_valid), WithJsonSchema({"enum": ["valid"], "type": "string"})
]


class LocallyConnected(Layer):
    """y_p = b_p + Σ k_p·x under the window at place p, then the activation.

    `kernel` has a row for each place, in reading order, and in it a number for each cell under the
    window. With channels it is places × (cells·channels) × filters, the channels of a cell side by side,
    or filters × places × (channels·cells) with `notation: {channels: first}`. With numbers `kernel_size`
    says how the window lies. `bias` is one number for each cell of the output, or `none`.
    """

    called: ClassVar[str] = "local"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"kernel_size": "2"}
    example_input: ClassVar[Shape] = (3, 3)

    kernel_size: PerAxis
    kernel: Numbers | None = None
    filters: Extent = 1
    strides: PerAxis = (1,)
    padding: Valid = "valid"
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        operation = self._operation(received, conventions)
        return operation.output_shape(received, self._kernel_shape(received, operation))

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        if wrong:
            yield from wrong
            return
        operation = self._operation(received, conventions)
        spatial = operation.order.spatial(received)
        wrong = list(too_large(operation.windows, spatial, called, "kernel_size"))
        yield from wrong or not_whole(operation.windows, spatial, conventions, called)
        if operation.channels == "none" and self.filters > 1:
            said = f"{called} has several filters, but its input has no axis for channels"
            yield Misfit(
                ("filters",), f"{said}; write the input with one, of size 1 for a single channel"
            )
        elif not wrong:
            yield from self._wrong_numbers(received, operation, called)

    def _wrong_numbers(
        self, received: Shape, operation: LocalCorrelate, called: str
    ) -> Iterator[Misfit]:
        """Numbers that are not as many as there are places and cells."""
        kernel = self._kernel_shape(received, operation)
        output = operation.output_shape(received, kernel)
        if isinstance(self.kernel, Array) and self.kernel.shape != kernel:
            places, each = kernel[1:] if operation.channels == "first" else kernel[:2]
            said = f"{called} has a kernel of {times(self.kernel.shape)} numbers for {count(places, 'place')} with {count(each, 'weight')} each"
            yield Misfit(("kernel",), f"{said}; write {times(kernel)}{_layout(operation.channels)}")
        if isinstance(self.bias, Array) and self.bias.shape != output:
            said = f"{called} has a bias of {times(self.bias.shape or (1,))} numbers for {times(output)} cells"
            yield Misfit(("bias",), f"{said}; write one for each cell")
        yield from bias_not_used(self.bias, called, use_bias=self.use_bias)
        yield from no_axis(self.activation, output, called)
        yield from no_axis_of_channels(self.activation, output, self.rank, called)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        operation = self._operation(received, conventions)
        places, taps = operation.windows.places(operation.order.spatial(received)), operation.size
        names = ("depth", "rows", "columns")[3 - self.rank :] if self.rank > 1 else ("places",)
        of_kernel = tuple(f"kernel_{name}" for name in names) if self.rank > 1 else ("kernel_size",)
        sizes = (*zip(names, places, strict=True), *zip(of_kernel, taps, strict=True))
        filters: tuple[tuple[str, int], ...] = ()
        if operation.channels != "none":
            filters = (("filters", self._filters(operation.order)),)
            sizes = (*sizes, ("channels", operation.order.count(received)), *filters)
        yield Weights("kernel", sizes)
        if self.has_bias:
            yield Weights("bias", (*zip(names, places, strict=True), *filters))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        kernel, *_ = self.counts(received, conventions)
        yield Weights("products", kernel.sizes)

    def build(self, builder: Builder) -> None:
        received = builder.x.shape
        operation = self._operation(received, builder.conventions)
        kernel = self._kernel_shape(received, operation)
        taken = [builder.x, builder.parameter(KERNEL, kernel, self.kernel)]
        if self.has_bias:
            numbers = None if isinstance(self.bias, str) else self.bias
            own = operation.output_shape(received, kernel)
            taken.append(builder.parameter(BIAS, own, numbers))
        name_outputs(builder, operation(*taken), self.activation)

    @property
    def has_bias(self) -> bool:
        """Is there a bias?"""
        return has_bias(self.bias, self.kernel, use_bias=self.use_bias)

    def _operation(self, received: Shape, conventions: Conventions) -> LocalCorrelate:
        return LocalCorrelate(
            size=per_axis(self.kernel_size, self.rank),
            strides=per_axis(self.strides, self.rank),
            channels=with_channels(received, self.rank, conventions),
        )

    def _kernel_shape(self, received: Shape, operation: LocalCorrelate) -> Shape:
        """The shape that the sizes ask for; numbers say themselves how many filters there are."""
        return operation.kernel_shape(received, self._filters(operation.order))

    def _filters(self, order: Channels) -> int:
        """As many as the file says, or as the numbers are for."""
        numbers = self.kernel.shape if isinstance(self.kernel, Array) else ()
        given = "filters" in self.model_fields_set or len(numbers) != 3
        return self.filters if given else order.count(numbers)


def _layout(order: str) -> str:
    """How a kernel is written."""
    return {
        "none": ": places × cells",
        "last": ": places × (cells·channels) × filters",
        "first": ": filters × places × (channels·cells)",
    }[order]


class LocallyConnected1d(LocallyConnected):
    """y_i = b_i + Σ_u k_iu·x_(i+u), then the activation: a row of `kernel` for each place."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class LocallyConnected2d(LocallyConnected):
    """y_ij = b_ij + Σ_uv k·x_(i+u)(j+v), the k of that place, then the activation."""

    rank: ClassVar[int] = 2
