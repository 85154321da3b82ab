"""Normalization: values brought to mean 0 and variance 1, then scaled and moved.

Each channel of a batch, each sample along its last axis, groups of channels, or with statistics that are
found once, before learning.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import count, listed
from handcalc.fields import Count, Given, Random, Shape, Truth, mistake, read_array
from handcalc.layers._counted import Counted
from handcalc.layers._label import OUTPUTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.operations._opaque import Opaque
from handcalc.operations.standardize import Standardize


class Scaled(Counted):
    """γ and β, as far as the layer has them."""

    scale: Truth = True
    center: Truth = True

    def scaled(self, *sizes: tuple[str, int]) -> Iterator[Weights]:
        """γ and β of these sizes."""
        if self.scale:
            yield Weights("gamma", sizes)
        if self.center:
            yield Weights("beta", sizes)


def channels(received: Shape, conventions: Conventions) -> int:
    """How many channels an input has."""
    return received[0 if conventions.channels == "first" else -1]


class BatchNormalization(Scaled):
    """γ and β are learned; the running mean and variance are kept beside them, and not learned.

    PyTorch does not count the running values as parameters.
    """

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        own = ("channels", channels(received, conventions))
        yield from self.scaled(own)
        if conventions.framework == "keras":
            yield Weights("moving_mean", (own,), trained=False, said="not trained")
            yield Weights("moving_variance", (own,), trained=False, said="not trained")

    def local(self) -> bool:
        return True


class LayerNormalization(Scaled):
    """γ and β, one for each value of the last axis."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.scaled(("features", received[-1]))

    def local(self) -> bool:
        return True


class GroupNormalization(Scaled):
    """γ and β, one for each channel, whatever the number of groups."""

    example: ClassVar[dict[str, Any]] = {"groups": "3"}

    groups: Count = 32

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        own = channels(received, conventions)
        if own % self.groups:
            said = f"{called} has {own} channels, not to be parted into {self.groups} groups"
            yield Misfit(("groups",), f"{said}; write a number that divides them")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.scaled(("channels", channels(received, conventions)))


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
