"""Layers that put several inputs together.

Cell by cell: their sum, difference, product, mean, the largest, the smallest. Along an axis: one behind
the other, or the products of two inputs added up.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import listed, times
from handcalc.fields import Between, Shape, Truth, mistake
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations._handle import Handle
from handcalc.operations._together import Together
from handcalc.operations.add import Add as AddOperation
from handcalc.operations.average import Average as AverageOperation
from handcalc.operations.concatenate import Concatenate as ConcatenateOperation
from handcalc.operations.concatenate_channels import ConcatenateChannels
from handcalc.operations.cosine import Cosine
from handcalc.operations.dot import Dot as DotOperation
from handcalc.operations.maximum import Maximum as MaximumOperation
from handcalc.operations.minimum import Minimum as MinimumOperation
from handcalc.operations.multiply import Multiply as MultiplyOperation
from handcalc.operations.norm import Norm
from handcalc.operations.subtract import Subtract as SubtractOperation

_MOST_AXES = 4


def _axis(value: object) -> int:
    """An axis counted from 1; what other programs count from 0 or from the end is no axis here."""
    said = str(value)
    if said == "0" or (said.startswith("-") and said[1:].isdigit()):
        raise mistake(f"is {said}, but axes are counted from 1; write 1 for the first")
    return Between(1, _MOST_AXES).read(value)


def _axes(value: object) -> tuple[int, int]:
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise mistake("expects one axis, or one of each input; write [2, 1]")
        return _axis(value[0]), _axis(value[1])
    return _axis(value), _axis(value)


class Merging(Layer):
    """Several inputs, named in `from: [a, b]`, and one result."""

    example: ClassVar[dict[str, Any]] = {"from": ["input", "input"]}
    pair: ClassVar[bool] = False
    """Does it take two inputs and no more?"""

    @abstractmethod
    def merged(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        """The shape of the result; None where the inputs do not go together."""

    @abstractmethod
    def wanted(self, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[str, str]:
        """The field to be mended, and what the inputs must have in common."""

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(shapes) < 2:
            yield Misfit(("from",), f"{called} puts several layers together; write from: [a, b]")
        elif self.pair and len(shapes) > 2:
            said = f"{called} takes two inputs, but receives {len(shapes)}"
            yield Misfit(("from",), f"{said}; write from: [a, b]")
        elif self.merged(shapes, conventions) is None:
            field, instead = self.wanted(shapes, conventions)
            yield Misfit((field,), f"{called} receives {self._each(shapes)}; {instead}")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return self.merged((received,), conventions)

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        return self.merged(shapes, conventions)

    def _each(self, shapes: tuple[Shape, ...]) -> str:
        """2 × 2 from a and 3 from b; a layer before a repeated block has no name to be told."""
        names = [name if name[0] != "#" else "before the block" for name in self.from_]
        said = [
            f"{times(shape)} from {name}" for shape, name in zip(shapes, names, strict=False)
        ] or [times(shape) for shape in shapes]
        return f"{listed(said[:-1])} and {said[-1]}"


class Elementwise(Merging):
    """Inputs of one shape, put together cell by cell; an axis of size 1 serves for all."""

    operation: ClassVar[type[Together]]

    def merged(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        if len({len(shape) for shape in shapes}) > 1:
            return None
        sizes = [set(sizes) - {1} for sizes in zip(*shapes, strict=True)]
        if any(len(found) > 1 for found in sizes):
            return None
        return tuple(next(iter(found), 1) for found in sizes)

    def wanted(self, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[str, str]:
        return "from", "give them one shape"

    def build(self, builder: Builder) -> None:
        builder.name(self.operation()(*builder.inputs), OUTPUTS)


class Add(Elementwise):
    """y = a + b + …"""

    operation: ClassVar[type[Together]] = AddOperation


class Subtract(Elementwise):
    """y = a - b, of two inputs."""

    pair: ClassVar[bool] = True
    operation: ClassVar[type[Together]] = SubtractOperation


class Multiply(Elementwise):
    """y = a·b·…"""

    operation: ClassVar[type[Together]] = MultiplyOperation


class Average(Elementwise):
    """y = 1/n (a + b + …)."""

    operation: ClassVar[type[Together]] = AverageOperation


class Maximum(Elementwise):
    """y = max(a, b, …); of equal ones the first gets the gradient."""

    operation: ClassVar[type[Together]] = MaximumOperation


class Minimum(Elementwise):
    """y = min(a, b, …); of equal ones the first gets the gradient."""

    operation: ClassVar[type[Together]] = MinimumOperation


class Concatenate(Merging):
    """The sizes along `axis` add up; it is counted from 1 and otherwise that of the channels."""

    axis: Annotated[
        int | None,
        PlainValidator(_axis),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MOST_AXES}),
    ] = None

    def merged(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        at = self._at(shapes[0], conventions)
        if len({len(shape) for shape in shapes}) > 1 or at >= len(shapes[0]):
            return None
        if len({(*shape[:at], *shape[at + 1 :]) for shape in shapes}) > 1:
            return None
        return (*shapes[0][:at], sum(shape[at] for shape in shapes), *shapes[0][at + 1 :])

    def wanted(self, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[str, str]:
        at = self._at(shapes[0], conventions)
        if len({len(shape) for shape in shapes}) > 1:
            return "from", "give them the same number of axes"
        if at >= len(shapes[0]):
            return "axis", f"write an axis from 1 to {len(shapes[0])}"
        others = f"give them the same sizes except along axis {at + 1}"
        return "from", f"{others}, or write axis: with another"

    def build(self, builder: Builder) -> None:
        shape, conventions = builder.x.shape, builder.conventions
        at = self._at(shape, conventions)
        along = at == _channels(shape, conventions)
        kind = ConcatenateChannels if along else ConcatenateOperation
        builder.name(kind(axis=at)(*builder.inputs), OUTPUTS)

    def _at(self, shape: Shape, conventions: Conventions) -> int:
        """The axis, from 0."""
        return _channels(shape, conventions) if self.axis is None else self.axis - 1


def _channels(shape: Shape, conventions: Conventions) -> int:
    """The axis of the channels, or of the features of a sequence."""
    return 0 if conventions.channels == "first" else len(shape) - 1


PRODUCTS = Label("products", "products")
LENGTHS = (Label("length1", "lengths"), Label("length2", "lengths"))


class Dot(Merging):
    """Σ a·b along `axes`, counted from 1; the other axes of both remain, those of the first first.

    With `normalize` it is divided by the lengths √(Σ a²) and √(Σ b²): the cosine of their angle.
    """

    pair: ClassVar[bool] = True

    axes: Annotated[
        tuple[int, int], PlainValidator(_axes), WithJsonSchema({"type": ["integer", "array"]})
    ] = (1, 1)
    normalize: Truth = False

    def merged(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        if len(shapes) != 2:
            return None
        (a, b), (i, j) = shapes, self.axes
        if i > len(a) or j > len(b) or a[i - 1] != b[j - 1]:
            return None
        return self._operation.output_shape(a, b)

    def wanted(self, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[str, str]:
        i, j = self.axes
        beyond = [n for n, shape in zip((i, j), shapes, strict=True) if n > len(shape)]
        if beyond:
            return "axes", f"there is no axis {beyond[0]}, write axes: that both have"
        sizes = f"{shapes[0][i - 1]} and {shapes[1][j - 1]}"
        return "axes", f"axes {i} and {j} have {sizes} numbers, write axes: of the same size"

    def build(self, builder: Builder) -> None:
        a, b = builder.inputs
        dot = self._operation(a, b)
        if not self.normalize:
            builder.name(dot, OUTPUTS)
            return
        y = builder.name(dot, PRODUCTS)
        lengths = [
            builder.name(self._length(x, axis), label)
            for x, axis, label in zip((a, b), self.axes, LENGTHS, strict=True)
        ]
        left, right = len(a.shape) - 1, len(b.shape) - 1
        first, second = tuple(range(left)), tuple(range(left, left + right))
        builder.name(Cosine(first=first, second=second)(y, *lengths), OUTPUTS)

    @property
    def _operation(self) -> DotOperation:
        i, j = self.axes
        return DotOperation(axes=(i - 1, j - 1))

    def _length(self, x: Handle, axis: int) -> Handle:
        """The length along an axis; of a list it is a list of one."""
        return Norm(axes=(axis - 1,), keepdims=len(x.shape) == 1)(x)
