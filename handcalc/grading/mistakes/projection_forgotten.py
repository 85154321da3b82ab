"""Attention without the projection of its output."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class ProjectionForgotten(Mistake):
    """Queries, keys and values without the matrix that leads back to the features."""

    said: ClassVar[str] = "the projection of the output was left out"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        if layer.word == "multi_head_attention":
            weights = layer.counts(received, conventions)
            yield _counts.total(w for w in weights if not w.name.startswith("output"))

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        if layer.word == "multi_head_attention":
            products = layer.products(received, conventions)
            yield _counts.total(w for w in products if not w.name.startswith("output"))
