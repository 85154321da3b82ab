"""What the pooling layers share: fields, shapes, and the window they build their operation from."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from handcalc.fields import Shape
from handcalc.layers._layer import Builder, Layer, Misfit
from handcalc.layers._window import Padding, PerAxis, pads, per_axis, spatial, too_large, wrong_axes
from handcalc.operations._pool import Pool


class Pooling(Layer):
    """One number from each window; `strides` is the size of the window unless the file says it."""

    example: ClassVar[dict[str, Any]] = {"pool_size": "2"}
    example_input: ClassVar[Shape] = (4, 4)
    rank: ClassVar[int] = 2

    pool_size: PerAxis = (2,)
    strides: PerAxis | None = None
    padding: Padding = "valid"
    channels: Literal["first", "last"] = "last"

    @abstractmethod
    def operation(self, **window: Any) -> Pool:
        """The operation behind the word."""

    def output_shape(self, received: Shape, layout: str) -> Shape | None:
        if len(received) not in (self.rank, self.rank + 1) or any(wrong_axes(self, self.rank, "")):
            return None
        return self._pool(received).output_shape(received)

    def misfits(self, received: Shape, layout: str, called: str, values: str) -> Iterator[Misfit]:
        if len(received) not in (self.rank, self.rank + 1):
            size = " × ".join(map(str, received))
            said = f"{called} receives {size} values, but pools over {self.rank} axes"
            yield Misfit(
                (), f"{said}; write an input of {self.rank} axes, or one more for channels"
            )
            return
        axes = list(wrong_axes(self, self.rank, called))
        if axes:
            yield from axes
            return
        pool = self._pool(received)
        yield from too_large(
            pool.windows, spatial(received, self.rank, self.channels), called, "pool_size"
        )

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        builder.apply(self._pool(received), (source,), "out")

    def _pool(self, received: Shape) -> Pool:
        size = per_axis(self.pool_size, self.rank)
        strides = per_axis(self.strides or size, self.rank)
        ones = tuple(1 for _ in size)
        return self.operation(
            size=size,
            strides=strides,
            padding=pads(
                self.padding, size, strides, ones, spatial(received, self.rank, self.channels)
            ),
            channels="none" if len(received) == self.rank else self.channels,
        )
