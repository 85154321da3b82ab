"""Dropout: some values, or whole channels, are set to 0 while a network learns, and only then."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod
from typing import Any, ClassVar, Literal, Self

from handcalc.errors import count, times
from handcalc.fields import Array, Given, Shape, Truth, parts
from handcalc.layers._beside import not_as_large, refuse_other_count
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._mask import MaskOrSeed, Rate, Seed, exactly, laid_out
from handcalc.layers._window import with_channels
from handcalc.operations._channels import Channels
from handcalc.operations._tensor import indices
from handcalc.operations.mask import Mask
from handcalc.operations.scale import Scale
from handcalc.operations.unchanged import Unchanged

MOST_DRAWN = 1_000_000
"""Values up to which a mask is laid out; of larger networks sizes and weights are counted."""
MASK = Label("mask", "mask", "m", given="mask of")
LEARNING = replace(OUTPUTS, heading="outputs in training")
IN_USE = replace(OUTPUTS, heading="outputs in use, nothing is dropped")
SCALED = replace(OUTPUTS, heading="outputs in use, times 1 - rate")


class Dropout(Layer):
    """y = m·x/(1 - rate) with a mask m of zeros and ones while it learns, and y = x when it is used.

    `scaling: plain` divides nothing, as in the first paper, and has y = (1 - rate)·x when it is used. It
    learns where there is a mask and not `training: false`.
    """

    example: ClassVar[dict[str, Any]] = {"mask": ["1", "0", "1"]}

    rate: Rate = Given.of("0.5")
    mask: MaskOrSeed | None = None
    scaling: Literal["inverted", "plain"] = "inverted"
    training: Truth | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def one_mask(self, received: Shape, conventions: Conventions) -> Shape:
        """The shape of what is drawn for one sample: a number for each value."""
        return received

    def is_of_one(self, mask: Array, received: Shape, conventions: Conventions) -> bool:
        """Is it the mask of one sample?"""
        return mask.shape == received

    def for_values(self, mask: Array, received: Shape, conventions: Conventions) -> Array:
        """The mask of one sample as a number for each value."""
        return mask

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if self.training and self.mask is None:
            said = f"{called} is in training, but has no mask"
            yield Misfit(
                ("training",),
                f"{said}; write mask: {{seed: 1}} to draw one, or its zeros and ones",
            )
        if isinstance(self.mask, Array):
            singles = [self.mask], [*parts(self.mask)]
            if not any(
                found and all(self.is_of_one(m, received, conventions) for m in found)
                for found in singles
            ):
                instead = f"a 1 or a 0 for each {self._dropped(received, conventions)}"
                yield not_as_large("mask", self.mask, received, called, instead)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        rate, kept = self.rate.text, exactly(1 - self.rate.value).text
        learns = self.mask is not None and self.training is not False
        if learns and self.scaling == "inverted":
            factor = exactly(1 / (1 - self.rate.value)).text
            yield f"the rate is {rate}; what is kept is multiplied by 1/(1 - {rate}) = {factor}"
        elif learns:
            yield f"the rate is {rate}; what is kept stays as it is (scaling: plain)"
        elif self.scaling == "plain":
            yield f"in use nothing is dropped; everything is multiplied by 1 - {rate} = {kept}"
        else:
            yield f"in use nothing is dropped, whatever the rate ({rate})"
        if self.mask is not None and not learns:
            yield "its mask is not used (training: false)"

    def in_use(self) -> Self:
        return self.model_copy(update={"training": False})

    def build(self, builder: Builder) -> None:
        kept = 1 - self.rate.value
        if self.mask is not None and self.training is not False:
            scaled = self.scaling == "inverted" and kept != 1
            large = prod(builder.x.shape) * builder.samples > MOST_DRAWN
            m = builder.given(MASK, builder.x.shape, None if large else self._numbers(builder))
            mask = Mask(scale=exactly(1 / kept)) if scaled else Mask()
            builder.name(mask(builder.x, m), LEARNING)
        elif self.scaling == "plain" and kept != 1:
            builder.name(Scale(by=exactly(kept))(builder.x), SCALED)
        else:
            builder.name(Unchanged()(builder.x), IN_USE)

    def _dropped(self, received: Shape, conventions: Conventions) -> str:
        """What is dropped or kept as one."""
        return "value"

    def _numbers(self, builder: Builder) -> Array:
        """A number for each value, the same for all samples or with the samples as first axis."""
        received, conventions = builder.x.shape, builder.conventions
        if isinstance(self.mask, Seed):
            masks = self._drawn(self.mask, builder)
        else:
            assert self.mask is not None
            if self.is_of_one(self.mask, received, conventions):
                return self.for_values(self.mask, received, conventions)
            refuse_other_count("mask", self.mask, builder)
            masks = list(parts(self.mask))
        found = [self.for_values(mask, received, conventions) for mask in masks]
        return Array(tuple(m.texts for m in found), (len(found), *received))

    def _drawn(self, seed: Seed, builder: Builder) -> list[Array]:
        """A mask for each sample."""
        shape, place = self.one_mask(builder.x.shape, builder.conventions), builder.x.name
        samples = range(builder.samples)
        return [seed.array(shape, self.rate.value, f"{place}.mask@{i}") for i in samples]


class SpatialDropout(Dropout):
    """Whole channels are dropped: the mask has one number a channel, or the same all over a channel."""

    rank: ClassVar[int]

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) not in (self.rank, self.rank + 1):
            axes = count(self.rank, "axis")
            said = f"{called} receives {times(received)} values, but drops channels of {axes}"
            yield Misfit((), f"{said}; give it {axes}, or one more for channels")
            return
        yield from super().misfits(received, conventions, called, values)

    def one_mask(self, received: Shape, conventions: Conventions) -> Shape:
        return (self._order(received, conventions).count(received),)

    def is_of_one(self, mask: Array, received: Shape, conventions: Conventions) -> bool:
        if mask.shape != received:
            return mask.shape == self.one_mask(received, conventions)
        order = self._order(received, conventions)
        kinds = {(order.split(index)[0], mask.exact(index)) for index in indices(received)}
        return len(kinds) == order.count(received)

    def for_values(self, mask: Array, received: Shape, conventions: Conventions) -> Array:
        if mask.shape == received:
            return mask
        order = self._order(received, conventions)
        return laid_out(received, lambda index: mask.text((order.split(index)[0],)))

    def _dropped(self, received: Shape, conventions: Conventions) -> str:
        return f"channel, {self.one_mask(received, conventions)[0]} in all"

    def _order(self, received: Shape, conventions: Conventions) -> Channels:
        return Channels(with_channels(received, self.rank, conventions))


class SpatialDropout1d(SpatialDropout):
    """Features of a sequence."""

    rank: ClassVar[int] = 1
    example: ClassVar[dict[str, Any]] = {"mask": ["1", "0"]}
    example_input: ClassVar[Shape] = (3, 2)


class SpatialDropout2d(SpatialDropout):
    """Channels of pictures."""

    rank: ClassVar[int] = 2
    example: ClassVar[dict[str, Any]] = {"mask": ["1", "0"]}
    example_input: ClassVar[Shape] = (3, 3, 2)


class SpatialDropout3d(SpatialDropout):
    """Channels of blocks."""

    rank: ClassVar[int] = 3
    example: ClassVar[dict[str, Any]] = {"mask": ["1", "0"]}
    example_input: ClassVar[Shape] = (2, 2, 2, 2)
