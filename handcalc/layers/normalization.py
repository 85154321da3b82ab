"""Normalization: values brought to mean 0 and variance 1, then scaled and moved.

Which values go together is what differs: a channel over the batch, each sample along its last axis, the
channels of a picture by themselves or in groups; or the statistics were found once, before learning.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import count, listed
from handcalc.fields import Count, Given, Random, Shape, Truth, mistake, read_array
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._normalizing import (
    Groups,
    Normalizing,
    channel_axis,
    channels,
)
from handcalc.layers._weights import Weights
from handcalc.operations._opaque import Opaque
from handcalc.operations.divide import Divide
from handcalc.operations.norm import Norm
from handcalc.operations.standardize import Standardize

LENGTH = Label("length", "lengths", "ℓ", own=True)


def _axes(value: object) -> tuple[int, ...]:
    """One axis or several, counted from 1; -1 is the last one."""
    parts = value if isinstance(value, list | tuple) else [value]
    try:
        axes = tuple(int(str(part)) for part in parts)
    except ValueError:
        axes = ()
    if not axes or 0 in axes or len(set(axes)) < len(axes):
        raise mistake("expects axes, counted from 1, or -1 for the last; write -1 or [1, 2]")
    return axes


class AlongAxes(Normalizing):
    """Each sample by itself, along some axes; γ and β have a number for each value along them."""

    axis: Annotated[
        tuple[int, ...], PlainValidator(_axes), WithJsonSchema({"type": ["integer", "array"]})
    ] = (-1,)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        wrong = [axis for axis in self.axis if not -len(received) <= axis <= len(received)]
        if wrong:
            said = f"{called} normalizes along axis {wrong[0]}, but receives {count(len(received), 'axis')}"
            yield Misfit(("axis",), f"{said}; write one from 1 to {len(received)}, or -1")
            return
        yield from super().misfits(received, conventions, called, values)

    def scaled_axes(self, received: Shape, conventions: Conventions) -> tuple[int, ...]:
        return tuple(
            sorted({axis % (len(received) + (axis > 0)) - (axis > 0) for axis in self.axis})
        )

    def groups_of(self, received: Shape, conventions: Conventions) -> Groups:
        over = self.scaled_axes(received, conventions)
        return Groups(tuple(axis for axis in range(len(received)) if axis not in over))

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        axes = self.scaled_axes(received, conventions)
        if len(axes) == 1:
            yield from self.scaled(("features", received[axes[0]]))
        else:
            yield from self.scaled(*((f"axis{axis + 1}", received[axis]) for axis in axes))

    def local(self) -> bool:
        return True


class LayerNormalization(AlongAxes):
    """Each sample by itself along its last axis: every row, every token has a mean and a variance."""


class RmsNormalization(AlongAxes):
    """y = γ·x/√(1/n Σ x² + ε), along the last axis; nothing is subtracted and there is no β."""

    centered: ClassVar[bool] = False
    usual_epsilon: ClassVar[dict[str, str]] = {"keras": "1e-6", "pytorch": "1.1920929e-7"}

    center: Truth = False


class UnitNormalization(Layer):
    """y = x/√(Σ x²): each sample gets the length 1 along its last axis."""

    example: ClassVar[dict[str, Any]] = {}

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def build(self, builder: Builder) -> None:
        x = builder.x
        length = Norm(axes=(len(x.shape) - 1,), keepdims=True)(x)
        builder.name(Divide()(x, builder.name(length, LENGTH)), OUTPUTS)


class ByChannel(Normalizing):
    """Each sample by itself; γ and β have a number for each channel."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.scaled(("channels", channels(received, conventions)))

    def groups_of(self, received: Shape, conventions: Conventions) -> Groups:
        return Groups((channel_axis(received, conventions),))


class InstanceNormalization(ByChannel):
    """Each channel of each sample by itself, over its places."""

    example_input: ClassVar[Shape] = (3, 2)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) < 2:
            said = f"{called} receives a list, of which each channel is one value"
            yield Misfit((), f"{said}; give it places × channels, or write layer_normalization")
            return
        yield from super().misfits(received, conventions, called, values)


class GroupNormalization(ByChannel):
    """Some channels of each sample together, in `groups` runs of the same number of channels."""

    example: ClassVar[dict[str, Any]] = {"groups": "3"}

    groups: Count = 32

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        own = channels(received, conventions)
        if own % self.groups:
            said = f"{called} has {own} channels, not to be parted into {self.groups} groups"
            yield Misfit(("groups",), f"{said}; write a number that divides them")
            return
        yield from super().misfits(received, conventions, called, values)

    def groups_of(self, received: Shape, conventions: Conventions) -> Groups:
        return Groups((channel_axis(received, conventions),), self.groups)


def _numbers(value: object) -> tuple[Given, ...]:
    """One number for all, or one for each channel."""
    found = read_array(value)
    if isinstance(found, Random) or len(found.shape) > 1:
        raise mistake(
            "expects one number, or a flat list with one for each channel; write [0.5, 2]"
        )
    return tuple(map(Given.of, found.flat()))


def _variances(value: object) -> tuple[Given, ...]:
    found = _numbers(value)
    wrong = [number.text for number in found if number.value <= 0]
    if wrong:
        raise mistake(
            f"has {wrong[0]}, but a variance is above 0; write the square of the deviation"
        )
    return found


_ONE_OR_LIST = WithJsonSchema({"type": ["array", "number", "string"]})


class Normalization(Layer):
    """y = (x - mean)/√variance, with numbers that are found once, before learning; none is trained.

    `mean` and `variance` are one number for all, or one for each channel. Without them a mean and a
    variance for each channel, and the number of values they come from, are counted.
    """

    example: ClassVar[dict[str, Any]] = {"mean": "0.5", "variance": "4"}

    mean: Annotated[tuple[Given, ...], PlainValidator(_numbers), _ONE_OR_LIST] | None = None
    variance: Annotated[tuple[Given, ...], PlainValidator(_variances), _ONE_OR_LIST] | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if (self.mean is None) != (self.variance is None):
            there, missing = ("mean", "variance") if self.mean else ("variance", "mean")
            yield Misfit((there,), f"{called} has a {there} but no {missing}; write both")
        own = channels(received, conventions)
        for field, numbers in (("mean", self.mean), ("variance", self.variance)):
            if numbers is not None and len(numbers) not in (1, own):
                said = (
                    f"{called} has {count(own, 'channel')}, but {field} has {len(numbers)} numbers"
                )
                yield Misfit((field,), f"{said}; write one for all, or one for each")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        # Numbers that are given are constants; Keras counts what it finds from data.
        if self.mean is not None:
            return
        own = ("channels", channels(received, conventions))
        yield Weights("mean", (own,), trained=False, said="not trained")
        yield Weights("variance", (own,), trained=False, said="not trained")
        yield Weights("count", (("layer", 1),), trained=False, said="not trained")

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        for word, numbers in (("mean", self.mean), ("variance", self.variance)):
            if numbers is not None:
                each = "" if len(numbers) == 1 else ", channel by channel"
                yield f"the {word} is {listed([n.text for n in numbers], 12)}{each}"

    def build(self, builder: Builder) -> None:
        received, conventions = builder.x.shape, builder.conventions
        if self.mean is None or self.variance is None:
            for weights in self.counts(received, conventions):
                builder.counted(weights)
            builder.name(Opaque(shape=received, local=True)(builder.x), OUTPUTS)
            return
        axis = 0 if conventions.channels == "first" else len(received) - 1
        scaled = Standardize(mean=self.mean, variance=self.variance, axis=axis)
        builder.name(scaled(builder.x), OUTPUTS)
