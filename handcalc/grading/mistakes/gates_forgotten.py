"""Gates of a recurrent layer left out of a count."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights

_GATES = "gates"


class GatesForgotten(Mistake):
    """One set of weights, or one too few, in place of the four of an LSTM and the three of a GRU."""

    said: ClassVar[str] = "not all gates were counted"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        yield from _fewer(list(layer.counts(received, conventions)))

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        yield from _fewer(list(layer.products(received, conventions)))


def _fewer(weights: list[Weights]) -> Iterator[int]:
    gates = {n for w in weights for name, n in w.sizes if name == _GATES}
    for few in dict.fromkeys(n for most in gates for n in (1, most - 1)):
        yield _with(weights, few)


def _with(weights: Iterable[Weights], gates: int) -> int:
    """So many gates in place of all."""
    return sum(
        replace(w, sizes=tuple((name, gates if name == _GATES else n) for name, n in w.sizes)).count
        for w in weights
    )
