"""Cropping: cells cut off before and after along each axis."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._counted import CellByCell
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._window import Surround, unfit, with_channels
from handcalc.operations._channels import Channels


class Cropping(CellByCell):
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
        if not wrong and min(self._remaining(received, conventions)) < 1:
            yield Misfit(("cropping",), f"{called} cuts off all it receives; write less")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        order = Channels(with_channels(received, self.rank, conventions))
        return order.joined(order.count(received), self._remaining(received, conventions))

    def _remaining(self, received: Shape, conventions: Conventions) -> Shape:
        pairs = self.cropping * self.rank if len(self.cropping) == 1 else self.cropping
        spatial = Channels(with_channels(received, self.rank, conventions)).spatial(received)
        return tuple(n - p - q for n, (p, q) in zip(spatial, pairs, strict=True))


class Cropping1d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)


class Cropping2d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4)


class Cropping3d(Cropping):
    """No weights."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
