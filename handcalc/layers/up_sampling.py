"""Up-sampling: every cell copied along each axis, or values between the cells."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from handcalc.fields import Shape, Truth
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import Times, per_axis, unfit, with_channels
from handcalc.operations._up_sampled import UpSampled
from handcalc.operations.up_sample_bilinear import UpSampleBilinear
from handcalc.operations.up_sample_nearest import UpSampleNearest


class UpSampling(Layer):
    """n·size cells along each axis."""

    called: ClassVar[str] = "up"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"size": "2"}

    size: Times = (2,)

    def operation(self, **grid: Any) -> UpSampled:
        """The operation behind the word."""
        return UpSampleNearest(**grid)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from unfit(self, received, called)

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self._up(received, conventions).output_shape(received)

    def build(self, builder: Builder) -> None:
        builder.name(self._up(builder.x.shape, builder.conventions)(builder.x), OUTPUTS)

    def _up(self, received: Shape, conventions: Conventions) -> UpSampled:
        order = with_channels(received, self.rank, conventions)
        return self.operation(size=per_axis(self.size, self.rank), channels=order)


class UpSampling1d(UpSampling):
    """y_i = x_floor(i/size), counted from 0: every step `size` times."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)


class UpSampling2d(UpSampling):
    """Every cell `size` times, or with `interpolation: bilinear` values between four cells.

    A value belongs to the middle of its cell; with `align_corners: true` the outer values stay in the
    corners.
    """

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4)

    interpolation: Literal["nearest", "bilinear"] = "nearest"
    align_corners: Truth = False

    def operation(self, **grid: Any) -> UpSampled:
        if self.interpolation == "nearest":
            return super().operation(**grid)
        return UpSampleBilinear(**grid, align_corners=self.align_corners)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from super().misfits(received, conventions, called, values)
        if self.align_corners and self.interpolation == "nearest":
            said = f"{called} copies its cells, which aligns no corners"
            yield Misfit(
                ("align_corners",), f"{said}; write interpolation: bilinear, or leave it out"
            )


class UpSampling3d(UpSampling):
    """Every cell `size` times along each axis."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
