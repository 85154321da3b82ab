"""Convolution as networks mean it: Y = B + X ⋆ K, the kernel slid over the input without turning it."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from handcalc.fields import Array, Count, Numbers, Shape, Truth
from handcalc.layers._layer import Builder, Layer, Misfit
from handcalc.layers._parts import Activation, Bias
from handcalc.layers._window import Padding, PerAxis, pads, per_axis, spatial, too_large, wrong_axes
from handcalc.operations.correlate import Correlate

# The axes of an input and those of the kernel that belongs to it.
_RANKS = {2: 2, 3: 4}


class Conv2d(Layer):
    """y_ij = b + Σ_uv k_uv·x_(i+u)(j+v), then the activation.

    On a matrix `kernel` is a matrix. On an input with channels it is kh × kw × channels × filters, or
    filters × channels × kh × kw with `channels: first`. `flip: true` turns the kernel by 180° first,
    a convolution in the strict sense. Without numbers `kernel_size` and `filters` say the sizes.
    """

    example: ClassVar[dict[str, Any]] = {"kernel_size": "2"}
    example_input: ClassVar[Shape] = (3, 3)

    kernel: Numbers | None = None
    kernel_size: PerAxis | None = None
    filters: Count = 1
    strides: PerAxis = (1,)
    padding: Padding = "valid"
    dilation_rate: PerAxis = (1,)
    channels: Literal["first", "last"] = "last"
    flip: Truth = False
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    def output_shape(self, received: Shape, layout: str) -> Shape | None:
        shape = self._kernel_shape(received)
        fits = shape is not None and len(shape) == _RANKS.get(len(received))
        if shape is None or not fits or any(wrong_axes(self, 2, "")):
            return None
        return self._correlate(received, shape).output_shape(received, shape)

    def misfits(self, received: Shape, layout: str, called: str, values: str) -> Iterator[Misfit]:
        size = " × ".join(map(str, received))
        if len(received) not in (2, 3):
            yield Misfit(
                (), f"{called} receives {size} values; write a matrix, or one with channels"
            )
            return
        shape = None if any(wrong_axes(self, 2, "")) else self._kernel_shape(received)
        if shape is None and (self.kernel is not None or self.kernel_size is not None):
            yield from wrong_axes(self, 2, called)
            return
        if shape is None:
            yield Misfit((), f"{called} has neither a kernel nor its size; write kernel: [[…], …]")
            return
        wanted = _RANKS[len(received)]
        if len(shape) != wanted:
            said = f"{called} receives {size} values and has a kernel of {len(shape)} axes"
            yield Misfit(("kernel",), f"{said}; write one of {wanted} axes")
            return
        channels = received[0 if self.channels == "first" else -1]
        own = shape[1 if self.channels == "first" else 2] if wanted == 4 else channels
        if own != channels:
            said = f"{called} has a kernel for {own} channels, but receives {channels}"
            yield Misfit(("kernel",), f"{said}; write a kernel with {channels}")
            return
        correlate = self._correlate(received, shape)
        field = "kernel_size" if self.kernel is None else "kernel"
        yield from too_large(correlate.windows, spatial(received, 2, self.channels), called, field)
        output = correlate.output_shape(received, shape)
        if isinstance(self.bias, Array) and self.bias.shape not in (
            (),
            output,
            *self._filters(shape),
        ):
            yield Misfit(
                ("bias",),
                f"{called} has a bias that fits neither its filters nor its cells; write one number",
            )

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        shape = self._kernel_shape(received)
        assert shape is not None
        slots = [source, builder.parameter("kernel", shape, self.kernel)]
        if self.has_bias:
            own = (
                self.bias.shape
                if isinstance(self.bias, Array)
                else (self._filters(shape) or [()])[0]
            )
            numbers = None if isinstance(self.bias, str) else self.bias
            slots.append(builder.parameter("bias", own, numbers))
        y = builder.apply(
            self._correlate(received, shape), tuple(slots), "in" if self.activation else "out"
        )
        if self.activation:
            builder.apply(self.activation, (y,), "out")

    @property
    def has_bias(self) -> bool:
        """Is there a bias? Beside numbers it is there if it is given."""
        if self.bias == "none" or not self.use_bias:
            return False
        return self.bias is not None or self.kernel is None

    def _filters(self, shape: Shape) -> list[Shape]:
        if len(shape) == 2:
            return []
        return [(shape[0 if self.channels == "first" else -1],)]

    def _kernel_shape(self, received: Shape) -> Shape | None:
        if isinstance(self.kernel, Array):
            return self.kernel.shape
        if self.kernel_size is None:
            return None
        size = per_axis(self.kernel_size, 2)
        if len(received) == 2:
            return size
        if self.channels == "first":
            return (self.filters, received[0], *size)
        return (*size, received[-1], self.filters)

    def _correlate(self, received: Shape, shape: Shape) -> Correlate:
        plain = len(received) == 2
        size = shape if plain else shape[2:] if self.channels == "first" else shape[:2]
        strides, dilation = per_axis(self.strides, 2), per_axis(self.dilation_rate, 2)
        return Correlate(
            size=size,
            strides=strides,
            dilation=dilation,
            padding=pads(
                self.padding, size, strides, dilation, spatial(received, 2, self.channels)
            ),
            channels="none" if plain else self.channels,
            flip=self.flip,
        )
