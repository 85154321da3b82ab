"""What the mistakes about counts share: arrays of weights with some of their sizes left out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handcalc.layers._weights import Weights


def total(weights: Iterable[Weights]) -> int:
    """All of them together."""
    return sum(w.count for w in weights)


def without(weights: Iterable[Weights], *names: str) -> list[Weights]:
    """The arrays without the sizes of these names."""
    return [replace(w, sizes=tuple(s for s in w.sizes if s[0] not in names)) for w in weights]


def biases(weights: Iterable[Weights]) -> list[Weights]:
    """Those that are biases."""
    return [w for w in weights if w.is_bias]


def matrices(weights: Iterable[Weights]) -> list[Weights]:
    """Those that are none."""
    return [w for w in weights if not w.is_bias]


def others(weights: Sequence[Weights], left_out: Iterable[Weights]) -> int:
    """How many there are without some of the arrays."""
    return total(weights) - total(left_out)
