"""Layers that put several inputs together.

Cell by cell: their sum, difference, product, mean, the largest, the smallest. Along an axis: one behind
the other, or the products of two inputs added up.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import times
from handcalc.fields import Between, Shape, Whole, mistake
from handcalc.layers._counted import Counted
from handcalc.layers._label import OUTPUTS
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
        shape = self.merged(tuple(handle.shape for handle in builder.inputs))
        assert shape is not None
        builder.name(Opaque(shape=shape, local=self.local())(*builder.inputs), OUTPUTS)


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


class Add(Elementwise):
    """No weights."""


class Subtract(Elementwise):
    """No weights."""


class Multiply(Elementwise):
    """No weights."""


class Average(Elementwise):
    """No weights."""


class Maximum(Elementwise):
    """No weights."""


class Minimum(Elementwise):
    """No weights."""


class Concatenate(Merging):
    """The sizes along `axis`, counted from 1 and otherwise the last one, add up."""

    axis: Whole = 0

    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        at = (self.axis or len(shapes[0])) - 1
        if len({len(shape) for shape in shapes}) > 1 or not 0 <= at < len(shapes[0]):
            return None
        if len({(*shape[:at], *shape[at + 1 :]) for shape in shapes}) > 1:
            return None
        return (*shapes[0][:at], sum(shape[at] for shape in shapes), *shapes[0][at + 1 :])

    def local(self) -> bool:
        return self.axis == 0

    def wanted(self) -> str:
        return "give them the same sizes but along the axis, which there must be"


def _axes(value: object) -> tuple[int, int]:
    read = Between(1, 4).read
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise mistake("expects one axis, or one of each input; write [2, 1]")
        return read(value[0]), read(value[1])
    return read(value), read(value)


class Dot(Merging):
    """Σ a·b along `axes`, counted from 1; the other axes of both remain, those of the first first."""

    axes: Annotated[
        tuple[int, int], PlainValidator(_axes), WithJsonSchema({"type": ["integer", "array"]})
    ] = (1, 1)

    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        if len(shapes) != 2:
            return None
        (a, b), (i, j) = shapes, self.axes
        if i > len(a) or j > len(b) or a[i - 1] != b[j - 1]:
            return None
        return (*a[: i - 1], *a[i:], *b[: j - 1], *b[j:]) or (1,)

    def wanted(self) -> str:
        return "give it two inputs whose axes have the same size"
