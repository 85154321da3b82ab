"""Group normalization: groups of channels brought to mean 0 and variance 1."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.fields import Count, Shape
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._normalization import Normalization, channels
from handcalc.layers._weights import Weights


class GroupNormalization(Normalization):
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
