"""What layers around another layer share: what the inner one needs to build, and what it must not say."""

from collections.abc import Iterator

from handcalc.fields import Array
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.operations._handle import Handle


class Inner:
    """What the inner layer needs to build: what the outer one has. How it names values, a subclass says."""

    def __init__(self, outer: Builder) -> None:
        self.outer = outer
        self.x: Handle = outer.x
        self.inputs: tuple[Handle, ...] = outer.inputs

    @property
    def conventions(self) -> Conventions:
        return self.outer.conventions

    @property
    def samples(self) -> int:
        return self.outer.samples

    def whole_numbers(self) -> list[Array] | None:
        return self.outer.whole_numbers()

    def counted(self, weights: Weights) -> None:
        self.outer.counted(weights)

    def works_out(self, *numbers: object) -> bool:
        return self.outer.works_out(*numbers)


def said_of_the_outer(inner: Layer, called: str) -> Iterator[Misfit]:
    """Fields that are said of the layer around another one, not of the one inside."""
    for field in ("name", "from_", "trainable"):
        if field in inner.model_fields_set:
            said = f"{called} is one layer, of which {field.strip('_')} is said as a whole"
            yield Misfit((field.strip("_"),), f"{said}; write it beside layer:, or leave it out")
