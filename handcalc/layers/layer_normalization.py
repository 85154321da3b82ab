"""Layer normalization: each sample brought to mean 0 and variance 1 along its last axis."""

from collections.abc import Iterable

from handcalc.fields import Shape, Truth
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions
from handcalc.layers._weights import Weights


class LayerNormalization(Counted):
    """γ and β, one for each value of the last axis."""

    scale: Truth = True
    center: Truth = True

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        if self.scale:
            yield Weights("gamma", (("features", received[-1]),))
        if self.center:
            yield Weights("beta", (("features", received[-1]),))
