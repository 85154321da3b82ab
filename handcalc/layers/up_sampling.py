"""Up-sampling: every cell repeated along each axis."""

from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.fields import Shape
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._window import PerAxis, per_axis, unfit, with_channels
from handcalc.operations._channels import Channels


class UpSampling(Counted):
    """n·size cells along each axis."""

    called: ClassVar[str] = "up"
    rank: ClassVar[int]
    example: ClassVar[dict[str, Any]] = {"size": "2"}

    size: PerAxis = (2,)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from unfit(self, received, called)

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        order = Channels(with_channels(received, self.rank, conventions))
        sizes = zip(order.spatial(received), per_axis(self.size, self.rank), strict=True)
        return order.joined(order.count(received), tuple(n * k for n, k in sizes))


class UpSampling1d(UpSampling):
    """No weights."""

    rank: ClassVar[int] = 1
    example_input: ClassVar[Shape] = (4, 2)


class UpSampling2d(UpSampling):
    """No weights."""

    rank: ClassVar[int] = 2
    example_input: ClassVar[Shape] = (4, 4)


class UpSampling3d(UpSampling):
    """No weights."""

    rank: ClassVar[int] = 3
    example_input: ClassVar[Shape] = (3, 3, 3)
