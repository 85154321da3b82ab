"""Layers that follow each other and are alike: worked out once, and said of the others."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from handcalc.network.plan import Planned

FEW = 5
"""Layers alike up to which each is written by itself."""


def runs(layers: Iterable[Planned]) -> Iterator[list[Planned]]:
    """Layers one by one, or as many in a row as are alike."""
    run: list[Planned] = []
    for layer in layers:
        if run and _alike(run[-1]) != _alike(layer):
            yield from _parted(run)
            run = []
        run.append(layer)
    yield from _parted(run)


def _parted(run: list[Planned]) -> Iterator[list[Planned]]:
    """A short run layer by layer; of a long one its first, then all others."""
    if len(run) <= FEW:
        yield from ([layer] for layer in run)
    else:
        yield run[:1]
        yield run[1:]


def _alike(layer: Planned) -> Planned:
    """A layer without its name."""
    return replace(layer, name="")
