"""Zero padding: rows and columns of zeros around the values."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import Pairs, Surround, unfit, with_channels
from handcalc.operations.zero_pad import ZeroPad


class ZeroPadding(Layer):
    """y = x with zeros before and after along each axis."""

    called: ClassVar[str] = "pad"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"padding": "1"}
    example_input: ClassVar[Shape] = (2, 2)

    padding: Surround = ((1, 1),)

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self._pad(received, conventions).output_shape(received)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from unfit(self, received, called)

    def build(self, builder: Builder) -> None:
        builder.name(self._pad(builder.x.shape, builder.conventions)(builder.x), OUTPUTS)

    def _pad(self, received: Shape, conventions: Conventions) -> ZeroPad:
        pairs: Pairs = self.padding * self.rank if len(self.padding) == 1 else self.padding
        return ZeroPad(padding=pairs, channels=with_channels(received, self.rank, conventions))


class ZeroPadding1d(ZeroPadding):
    """`padding` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4,)


class ZeroPadding2d(ZeroPadding):
    """`padding` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 2


class ZeroPadding3d(ZeroPadding):
    """`padding` is one number all round, one an axis, or a pair [before, after] for each."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (2, 3, 3)
