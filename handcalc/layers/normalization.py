"""Normalization with statistics that are found once, before learning."""

from collections.abc import Iterable

from handcalc.fields import Shape
from handcalc.layers._counted import CellByCell
from handcalc.layers._layer import Conventions
from handcalc.layers._normalization import channels
from handcalc.layers._weights import Weights


class Normalization(CellByCell):
    """A mean and a variance for each channel and the number of values they come from; none is trained."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        own = ("channels", channels(received, conventions))
        yield Weights("mean", (own,), trained=False, said="not trained")
        yield Weights("variance", (own,), trained=False, said="not trained")
        yield Weights("count", (("layer", 1),), trained=False, said="not trained")
