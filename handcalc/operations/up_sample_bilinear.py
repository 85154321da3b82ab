"""y = values of x on a finer grid, along each axis from two neighbors, the nearer counting more.

Cells are squares, and a value belongs to the middle of its square: place i of n·k lies at
(i + 1/2)/k - 1/2 between cells counted from 0. With `align_corners` the outer values stay at the ends:
place i lies at i(n - 1)/(nk - 1).
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

from handcalc.operations._up_sampled import Shares, UpSampled


class UpSampleBilinear(UpSampled):
    """y = (1 - λ)·x_j + λ·x_(j+1) at place j + λ; before the first and behind the last cell y = x."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2, 2), "shapes": ((2, 3),)},
        {"size": (3, 1), "channels": "last", "shapes": ((2, 1, 2),)},
        {"size": (2, 3), "align_corners": True, "channels": "first", "shapes": ((1, 2, 3),)},
        {"size": (1, 2), "align_corners": True, "shapes": ((1, 1),)},
    )

    align_corners: bool = False

    def shares(self, place: int, k: int, n: int) -> Shares:
        return _shares(place, k, n, self.align_corners)

    def places(self, cell: int, k: int, n: int) -> Sequence[int]:
        return _places(k, n, self.align_corners)[cell]

    def between(self, k: int, n: int) -> str:
        if k == 1:
            return ""
        if self.align_corners:
            return f"the i-th lies at (i - 1)·({n} - 1)/({n * k} - 1) + 1"
        return f"the i-th lies at (i - 1/2)/{k} + 1/2, but never outside 1 to {n}"

    def rule(self) -> str:
        return "each number has its share in the values around it, and its gradient is the sum of theirs with the same shares"


@lru_cache(maxsize=4096)
def _shares(place: int, k: int, n: int, align_corners: bool) -> Shares:
    if align_corners:
        at = Fraction(place * (n - 1), max(n * k - 1, 1))
    else:
        at = max(Fraction(2 * place + 1, 2 * k) - Fraction(1, 2), Fraction(0))
    before = int(at)
    part = at - before
    if not part or before == n - 1:
        return ((before, Fraction(1)),)
    return ((before, 1 - part), (before + 1, part))


@lru_cache(maxsize=64)
def _places(k: int, n: int, align_corners: bool) -> tuple[tuple[int, ...], ...]:
    found: tuple[list[int], ...] = tuple([] for _ in range(n))
    for place in range(n * k):
        for cell, _ in _shares(place, k, n, align_corners):
            found[cell].append(place)
    return tuple(map(tuple, found))
