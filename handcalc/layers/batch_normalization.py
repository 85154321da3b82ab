"""Batch normalization: each channel by its mean and variance over all samples, or by running ones."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator

from handcalc.errors import count
from handcalc.fields import Array as Numeric
from handcalc.fields import Given, Numbers, Shape, Truth, mistake
from handcalc.layers._beside import UnfitError
from handcalc.layers._fitted import fitted
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._normalizing import (
    NORMALIZED,
    Groups,
    Normalizing,
    channel_axis,
    channels,
    everywhere,
)
from handcalc.layers._weights import Weights
from handcalc.number import Exact, is_decimal, plain
from handcalc.operations._handle import Handle
from handcalc.operations._tensor import indices
from handcalc.operations.group_normalize import GroupNormalize
from handcalc.operations.linear_combination import LinearCombination

_USUAL_MOMENTUM = {"keras": "0.99", "pytorch": "0.1"}


def _share(momentum: Given) -> Given:
    if not 0 <= momentum.value <= 1:
        raise mistake(f"is {momentum.text}; write a share from 0 to 1, such as 0.9")
    return momentum


def _given(value: Exact) -> Given:
    """A share as a person writes it: 0.1, or 1/3 where its decimals do not end."""
    ends = isinstance(value, float) or is_decimal(value, 15)
    return Given(plain(value) if ends else str(value), value)


def _negative(variances: Numeric, called: str) -> Iterator[Misfit]:
    for at in indices(variances.shape):
        if variances.exact(at) < 0:
            said = f"{called} has {variances.text(at)} among its running variances"
            instead = "write the square of a deviation, 0 or more"
            yield Misfit(("moving_variance", *at), f"{said}; {instead}")


class BatchNormalization(Normalizing):
    """Each channel by its mean and variance over all samples and places, while the network learns.

    With `moving_mean` and `moving_variance` it uses those, as a trained network does; beside them `momentum`, or
    `training: true`, says that it learns, and the new running values are found. Keras keeps the share
    `momentum` of the old ones, PyTorch takes it of the new ones, whose variance it divides by n - 1. γ and β
    are learned, the running values are kept beside them; PyTorch does not count these as parameters.
    """

    moving_mean: Numbers | None = None
    moving_variance: Numbers | None = None
    momentum: Annotated[Given, AfterValidator(_share)] | None = None
    training: Truth | None = None

    def groups_of(self, received: Shape, conventions: Conventions) -> Groups:
        return Groups((channel_axis(received, conventions),), batch=True)

    @property
    def learns(self) -> bool:
        """Are the statistics those of the batch?"""
        if self.training is not None:
            return self.training
        return self.momentum is not None or self.moving_mean is None

    def in_use(self) -> Self:
        kept = self.moving_mean is not None
        return self.model_copy(update={"training": False}) if kept else self

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from super().misfits(received, conventions, called, values)
        shape = (channels(received, conventions),)
        for field, other in (
            ("moving_mean", "moving_variance"),
            ("moving_variance", "moving_mean"),
        ):
            numbers = getattr(self, field)
            if numbers is not None and getattr(self, other) is None:
                yield Misfit((field,), f"{called} has a {field} but no {other}; write both")
            if isinstance(numbers, Numeric) and numbers.shape and fitted(numbers, shape) is None:
                said = f"{called} has {count(shape[0], 'channel')}, but {field} has another size"
                yield Misfit((field,), f"{said}; write one number for all, or one for each")
        if isinstance(self.moving_variance, Numeric):
            yield from _negative(self.moving_variance, called)
        if self.training is False and self.moving_mean is None and self.gamma is not None:
            said = f"{called} is not in training and has no running statistics"
            yield Misfit(("training",), f"{said}; write moving_mean: and moving_variance:")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        own = ("channels", channels(received, conventions))
        yield from self.scaled(own)
        if conventions.framework == "keras":
            yield Weights("moving_mean", (own,), trained=False, said="not trained")
            yield Weights("moving_variance", (own,), trained=False, said="not trained")

    def local(self) -> bool:
        return True

    def says(self, received: Shape, conventions: Conventions) -> Iterator[str]:
        if self.learns:
            yield "each channel is normalized over all samples" + " and places" * (
                len(received) > 1
            )
        else:
            yield "it uses its running statistics, whatever is in the batch"
        said = super().says(received, conventions)
        yield from said if self.learns else list(said)[:1]
        if self.learns and self.moving_mean is not None:
            momentum = self._momentum(conventions).text
            if conventions.framework == "keras":
                yield f"{momentum} of the old running values is kept"
            else:
                over = "" if self.unbiased else ", whose variance is there divided by n - 1"
                yield f"{momentum} of the new running values comes from this batch{over}"

    def normalized(self, builder: Builder) -> Handle:
        x, conventions = builder.x, builder.conventions
        if self.learns:
            places = prod(x.shape) // channels(x.shape, conventions)
            if builder.samples * places == 1:
                said = "a batch of one sample has no variance: every value would become 0"
                instead = "write more samples, or moving_mean: and moving_variance:"
                raise UnfitError(Misfit((), f"{said}; {instead}"))
            return super().normalized(builder)
        mean, variance = self._running(builder)
        groups = self.groups_of(x.shape, conventions)
        normalize = GroupNormalize(
            **groups.options(batch=True),
            epsilon=self.epsilon_in(conventions),
            outside=self.epsilon_outside,
        )
        return builder.name(normalize(x, variance, mean), NORMALIZED)

    def keep_statistics(self, builder: Builder, mean: Handle, variance: Handle) -> None:
        if self.moving_mean is None:
            return
        momentum = self._momentum(builder.conventions)
        kept, taken = momentum, _given(1 - momentum.value)
        places = builder.samples * prod(builder.x.shape) // variance.shape[0]
        if builder.conventions.framework == "pytorch":
            kept, taken = taken, momentum
        for letter, word, old, new in zip(
            "mv",
            ("moving_mean", "moving_variance"),
            self._running(builder),
            (mean, variance),
            strict=True,
        ):
            share = taken
            if letter == "v" and builder.conventions.framework == "pytorch" and not self.unbiased:
                # From 1/n Σ to 1/(n - 1) Σ.
                share = _given(taken.value * places / (places - 1))
            mixed = LinearCombination(constants=(kept, share))(old, new)
            heading = f"{word.replace('moving_', 'running ')}s after this batch"
            builder.name(mixed, Label(word, heading, letter, below="new", own=True))

    def _running(self, builder: Builder) -> tuple[Handle, Handle]:
        shape = (channels(builder.x.shape, builder.conventions),)
        made = []
        for letter, word, numbers, usual in (
            ("m", "moving_mean", self.moving_mean, "0"),
            ("v", "moving_variance", self.moving_variance, "1"),
        ):
            label = Label(word, word.replace("_", " ") + "s", letter, given=f"{word} of", own=True)
            own = everywhere(numbers, shape, usual)
            made.append(builder.state(label, shape, own))
        return made[0], made[1]

    def _momentum(self, conventions: Conventions) -> Given:
        return self.momentum or Given.of(_USUAL_MOMENTUM[conventions.framework])
