"""Cells of an array as one loop, where their formulas differ by moved indices: y[i] = w[0]*x[2*i]."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from handcalc.formats._names import LOOPS, Index, Place

FEWEST = 3
"""Cells that are worth a loop."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its formula, with a {} for each of the places that it reads."""

    place: Place
    pattern: str
    reads: tuple[Place, ...]

    @property
    def kind(self) -> tuple[object, ...]:
        """What all cells of a loop have in common."""
        return self.pattern, tuple((place.name, len(place.index)) for place in self.reads)

    def __str__(self) -> str:
        return self.pattern.format(*self.reads)


def loop(cells: Sequence[Cell]) -> list[str] | None:
    """The lines of the loop over cells of one kind; None where they have none in common."""
    first, name = cells[0], cells[0].place.name
    ranges = [
        range(min(axis), max(axis) + 1)
        for axis in zip(*(c.place.index for c in cells), strict=True)
    ]
    whole = len(cells) == prod(map(len, ranges))
    if len(cells) < FEWEST or not whole or len({c.place.index for c in cells}) != len(cells):
        return None
    by_index = {cell.place.index: cell for cell in cells}
    corner = by_index[tuple(axis.start for axis in ranges)]
    moved = [_next(by_index, ranges, axis) for axis in range(len(ranges))]
    reads = []
    for i, place in enumerate(corner.reads):
        steps = [
            tuple(b - a for a, b in zip(place.index, other.reads[i].index, strict=True))
            if other
            else (0,) * len(place.index)
            for other in moved
        ]
        rule = [
            _Along(
                place.index[d] - sum(s[d] * r.start for s, r in zip(steps, ranges, strict=True)),
                tuple(s[d] for s in steps),
            )
            for d in range(len(place.index))
        ]
        if any(c.reads[i].index != tuple(r.at(c.place.index) for r in rule) for c in cells):
            return None
        reads.append(f"{place.name}[{', '.join(map(str, rule))}]" if rule else place.name)
    # An axis of one cell needs no loop of its own.
    counted = [i for i, axis in enumerate(ranges) if len(axis) > 1]
    index = [LOOPS[i] if i in counted else str(axis.start) for i, axis in enumerate(ranges)]
    lines = [
        f"{'    ' * depth}for {LOOPS[i]} in {_written(ranges[i])}:"
        for depth, i in enumerate(counted)
    ]
    body = f"{name}[{', '.join(index)}] = {first.pattern.format(*reads)}"
    return [*lines, "    " * len(counted) + body]


def _next(cells: dict[Index, Cell], ranges: Sequence[range], axis: int) -> Cell | None:
    """The cell beside the corner along an axis, where it is longer than one cell."""
    if len(ranges[axis]) == 1:
        return None
    return cells[tuple(r.start + (i == axis) for i, r in enumerate(ranges))]


def _written(axis: range) -> str:
    return f"range({axis.stop})" if axis.start == 0 else f"range({axis.start}, {axis.stop})"


@dataclass(frozen=True, slots=True)
class _Along:
    """An index that a loop moves: 2*i + j + 1."""

    start: int
    steps: tuple[int, ...]

    def at(self, index: Index) -> int:
        return self.start + sum(s * i for s, i in zip(self.steps, index, strict=True))

    def __str__(self) -> str:
        written = ""
        for step, letter in zip(self.steps, LOOPS, strict=False):
            if step:
                size = letter if abs(step) == 1 else f"{abs(step)}*{letter}"
                sign = "-" if step < 0 else "+"
                written += f"{sign}{size}" if written else f"{sign.strip('+')}{size}"
        if not written:
            return str(self.start)
        return written + (f"{self.start:+}" if self.start else "")


def boxes(shape: Index) -> list[Index]:
    """All indices of an array, in reading order."""
    return list(product(*map(range, shape)))
