"""Batch normalization with γ and β alone."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class GammaBetaAlone(Mistake):
    """2·channels in place of 4·channels, where the running mean and variance count too."""

    said: ClassVar[str] = "the running mean and variance were not counted"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        kept = [w for w in weights if not w.trained]
        if layer.word == "batch_normalization" and kept:
            yield _counts.others(weights, kept)
