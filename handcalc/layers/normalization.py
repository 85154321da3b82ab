"""Normalization: values brought to mean 0 and variance 1, then scaled and moved.

Each channel of a batch, each sample along its last axis, groups of channels, or with statistics that are
found once, before learning.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.fields import Count, Shape, Truth
from handcalc.layers._counted import CellByCell, Counted
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Weights


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


class Normalization(CellByCell):
    """A mean and a variance for each channel and the number of values they come from; none is trained."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        own = ("channels", channels(received, conventions))
        yield Weights("mean", (own,), trained=False, said="not trained")
        yield Weights("variance", (own,), trained=False, said="not trained")
        yield Weights("count", (("layer", 1),), trained=False, said="not trained")
