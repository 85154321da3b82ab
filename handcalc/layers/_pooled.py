"""What all pooling shares: one operation on the whole input, whose result is the layer's."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._window import unfit
from handcalc.operations._operation import Operation


class Pooled(Layer):
    """y = the numbers of each window put together; each channel by itself."""

    called: ClassVar[str] = "pool"
    rank: ClassVar[int]

    @abstractmethod
    def pool(self, received: Shape, conventions: Conventions) -> Operation:
        """The operation for an input of this shape."""

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        if any(unfit(self, received)):
            return None
        return self.pool(received, conventions).output_shape(received)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from unfit(self, received, called)

    def build(self, builder: Builder) -> None:
        builder.name(self.pool(builder.x.shape, builder.conventions)(builder.x), OUTPUTS)
