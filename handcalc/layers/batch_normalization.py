"""Batch normalization: each channel brought to mean 0 and variance 1, then scaled and moved."""

from collections.abc import Iterable

from handcalc.fields import Shape, Truth
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions
from handcalc.layers._weights import Weights


class BatchNormalization(Counted):
    """γ and β are learned; the running mean and variance are kept beside them, and not learned.

    PyTorch does not count the running values as parameters.
    """

    scale: Truth = True
    center: Truth = True

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        channels = (("channels", received[0 if conventions.channels == "first" else -1]),)
        if self.scale:
            yield Weights("gamma", channels)
        if self.center:
            yield Weights("beta", channels)
        if conventions.framework == "keras":
            yield Weights("moving_mean", channels, trained=False, said="not trained")
            yield Weights("moving_variance", channels, trained=False, said="not trained")
