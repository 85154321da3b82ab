"""Layers that put several inputs together."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Shape
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.operations._opaque import Opaque


class Merging(Counted):
    """Several inputs, named in `from: [a, b]`, and one result."""

    example: ClassVar[dict[str, Any]] = {"from": ["input", "input"]}

    @abstractmethod
    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        """The shape of the result; None where the inputs do not go together."""

    @abstractmethod
    def wanted(self) -> str:
        """What the inputs must have in common."""

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(shapes) < 2:
            yield Misfit(("from",), f"{called} puts several layers together; write from: [a, b]")
        elif self.merged(shapes) is None:
            sizes = " and ".join(times(shape) for shape in shapes)
            yield Misfit(("from",), f"{called} receives {sizes}; {self.wanted()}")

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        return self.merged(shapes)

    def build(self, builder: Builder) -> None:
        names, shapes = builder.received_all()
        shape = self.merged(shapes)
        assert shape is not None
        builder.apply(Opaque(shape=shape, local=self.local()), names, "out")


class Elementwise(Merging):
    """Inputs of one shape, put together cell by cell; an axis of size 1 serves for all."""

    def local(self) -> bool:
        return True

    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        if len({len(shape) for shape in shapes}) > 1:
            return None
        sizes = [set(sizes) - {1} for sizes in zip(*shapes, strict=True)]
        if any(len(found) > 1 for found in sizes):
            return None
        return tuple(next(iter(found), 1) for found in sizes)

    def wanted(self) -> str:
        return "give them one shape"
