"""Cropping: cells cut off before and after along each axis."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import Pairs, Surround, unfit, with_channels
from handcalc.operations.crop import Crop


class Cropping(Layer):
    """n - p - q cells remain along each axis."""

    called: ClassVar[str] = "crop"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"cropping": "1"}

    cropping: Surround = ((1, 1),)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = list(unfit(self, received, called))
        yield from wrong
        if wrong:
            return
        crop = self._crop(received, conventions)
        if min(crop.order.spatial(crop.output_shape(received))) < 1:
            yield Misfit(("cropping",), f"{called} cuts off all it receives; write less")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self._crop(received, conventions).output_shape(received)

    def build(self, builder: Builder) -> None:
        builder.name(self._crop(builder.x.shape, builder.conventions)(builder.x), OUTPUTS)

    def _crop(self, received: Shape, conventions: Conventions) -> Crop:
        pairs: Pairs = self.cropping * self.rank if len(self.cropping) == 1 else self.cropping
        return Crop(cropping=pairs, channels=with_channels(received, self.rank, conventions))


class Cropping1d(Cropping):
    """`cropping` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)


class Cropping2d(Cropping):
    """`cropping` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4)


class Cropping3d(Cropping):
    """`cropping` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
