"""Batch normalization: each channel brought to mean 0 and variance 1, then scaled and moved."""

from collections.abc import Iterable

from handcalc.fields import Shape
from handcalc.layers._layer import Conventions
from handcalc.layers._normalization import Normalization, channels
from handcalc.layers._weights import Weights


class BatchNormalization(Normalization):
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
