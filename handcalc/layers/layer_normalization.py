"""Layer normalization: each sample brought to mean 0 and variance 1 along its last axis."""

from collections.abc import Iterable

from handcalc.fields import Shape
from handcalc.layers._layer import Conventions
from handcalc.layers._normalization import Normalization
from handcalc.layers._weights import Weights


class LayerNormalization(Normalization):
    """γ and β, one for each value of the last axis."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.scaled(("features", received[-1]))

    def local(self) -> bool:
        return True
