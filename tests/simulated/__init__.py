"""Simulated students: sheets worked out with plain arithmetic on Python's own numbers, for every kind of network.

Nothing of handcalc is used to work them out. A kind of network is a module with `drawn(rng)`, an exercise; its
`text(decimals)` is the problem file, its `work(notes)` writes the answers down one after the other.
"""

import random
from collections.abc import Callable

from simulated import (
    attending,
    convolution,
    counts,
    dense,
    dropout,
    merging,
    normalizing,
    shared,
    through_time,
)
from simulated.student import Exercise

KINDS: dict[str, Callable[[random.Random], Exercise]] = {
    "dense": dense.drawn,
    "convolution": convolution.drawn,
    "merging": merging.drawn,
    "dropout": dropout.drawn,
    "shared": shared.drawn,
    "through_time": through_time.drawn,
    "attending": attending.drawn,
    "normalizing": normalizing.drawn,
}
"""Exercises in numbers, by the kind of their network."""

__all__ = ["KINDS", "Exercise", "counts"]
