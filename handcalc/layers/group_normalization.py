"""Group normalization: groups of channels brought to mean 0 and variance 1."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.fields import Count, Shape, Truth
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Weights


class GroupNormalization(Counted):
    """γ and β, one for each channel, whatever the number of groups."""

    example: ClassVar[dict[str, Any]] = {"groups": "3"}

    groups: Count = 32
    scale: Truth = True
    center: Truth = True

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        channels = received[0 if conventions.channels == "first" else -1]
        if channels % self.groups:
            said = f"{called} has {channels} channels, not to be parted into {self.groups} groups"
            yield Misfit(("groups",), f"{said}; write a number that divides them")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        channels = (("channels", received[0 if conventions.channels == "first" else -1]),)
        if self.scale:
            yield Weights("gamma", channels)
        if self.center:
            yield Weights("beta", channels)
