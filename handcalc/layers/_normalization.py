"""Normalization: values brought to mean 0 and variance 1, then scaled and moved."""

from collections.abc import Iterator

from handcalc.fields import Shape, Truth
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions
from handcalc.layers._weights import Weights


class Normalization(Counted):
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
