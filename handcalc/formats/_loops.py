"""Cells of an array as one loop, where their formulas differ by moved indices: y[i] = w[0]*x[2*i].

So are many terms of a sum: sum(w[m]*x[m] for m in range(30)).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from handcalc.formats._names import LOOPS, SUMS, Index, Place

FEWEST = 3
"""Cells that are worth a loop."""

Reads = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A formula, with a {} for each of the places that it reads, and the place where its value goes."""

    place: Place
    pattern: str
    reads: Reads

    @property
    def kind(self) -> tuple[object, ...]:
        """What all cells of a loop have in common."""
        return kind(self.pattern, self.reads)

    def __str__(self) -> str:
        return self.pattern.format(*self.reads)


def kind(pattern: str, reads: Reads) -> tuple[object, ...]:
    """What formulas have in common that differ by indices alone."""
    return pattern, tuple((place.name, len(place.index), place.moved) for place in reads)


def loop(cells: Sequence[Cell]) -> list[str] | None:
    """The lines of the loop over cells of one kind; None where they have none in common."""
    if len(cells) < FEWEST:
        return None
    found = _alike([(cell.place, *cell.reads) for cell in cells], LOOPS)
    if found is None:
        return None
    (left, *reads), letters, ranges = found
    counted = [(a, r) for a, r in zip(letters, ranges, strict=True) if a]
    lines = [f"{'    ' * i}for {letter} in {_written(r)}:" for i, (letter, r) in enumerate(counted)]
    places = [place.at([rule.written(letters) for rule in rules]) for place, rules in reads]
    goal = left[0].at([rule.written(letters) for rule in left[1]])
    return [*lines, f"{'    ' * len(counted)}{goal} = {cells[0].pattern.format(*places)}"]


def summed(pattern: str, terms: Sequence[Reads]) -> tuple[str, Reads] | None:
    """The sum of terms of one kind; None where no array is gone through cell by cell."""
    found = _alike(terms, SUMS)
    if found is None:
        return None
    moved, letters, ranges = found
    # Counted from 0, so that the sums of several cells are alike.
    reads = tuple(
        replace(
            place,
            index=tuple(rule.at(tuple(r.start for r in ranges)) for rule in rules),
            moved=tuple(replace(rule, start=0).written(letters, "+") for rule in rules),
        )
        for place, rules in moved
    )
    counted = [(a, r) for a, r in zip(letters, ranges, strict=True) if a]
    axes = "".join(f" for {letter} in range({len(r)})" for letter, r in counted)
    return f"sum({pattern}{axes})", reads


Moving = list[tuple[Place, "list[_Along]"]]


def _alike(
    rows: Sequence[Reads], letters: Sequence[str]
) -> tuple[Moving, list[str], list[range]] | None:
    """How the places of each row move, as one of them goes through a box; and with which letters."""
    for i, leader in enumerate(rows[0]):
        ranges = _box([row[i].index for row in rows]) if leader.index else None
        rules = ranges and _rules(ranges, {row[i].index: row for row in rows})
        if ranges and rules:
            # An axis of one cell needs no letter.
            free = iter(letters)
            own = [next(free) if len(axis) > 1 else "" for axis in ranges]
            return list(zip(rows[0], rules, strict=True)), own, ranges
    return None


def _box(indices: Sequence[Index]) -> list[range] | None:
    """The ranges of indices that are all cells of a box, each once."""
    ranges = [range(min(axis), max(axis) + 1) for axis in zip(*indices, strict=True)]
    whole = len(indices) == len(set(indices)) == prod(map(len, ranges))
    return ranges if whole and ranges else None


def _rules(ranges: Sequence[range], cells: Mapping[Index, Reads]) -> "list[list[_Along]] | None":
    """How the indices of each place that is read move with the cells; None where they move otherwise."""
    corner = cells[tuple(axis.start for axis in ranges)]
    rules: list[list[_Along]] = []
    for i, place in enumerate(corner):
        steps: list[Index] = []
        for axis in range(len(ranges)):
            beside = tuple(r.start + (j == axis) for j, r in enumerate(ranges))
            other = cells[beside][i].index if len(ranges[axis]) > 1 else place.index
            steps.append(tuple(b - a for a, b in zip(place.index, other, strict=True)))
        own = []
        for d, start in enumerate(place.index):
            along = tuple(step[d] for step in steps)
            origin = sum(s * r.start for s, r in zip(along, ranges, strict=True))
            own.append(_Along(start - origin, along))
        if any(
            reads[i].index != tuple(rule.at(index) for rule in own)
            for index, reads in cells.items()
        ):
            return None
        rules.append(own)
    return rules


def _written(axis: range) -> str:
    return f"range({axis.stop})" if axis.start == 0 else f"range({axis.start}, {axis.stop})"


@dataclass(frozen=True, slots=True)
class _Along:
    """An index that a loop moves: 2*i+j+1."""

    start: int
    steps: Index

    def at(self, index: Index) -> int:
        return self.start + sum(s * i for s, i in zip(self.steps, index, strict=True))

    def written(self, letters: Sequence[str], sign: str = "") -> str:
        """With letters that count; with a sign before it something stands in front."""
        line = ""
        for step, letter in zip(self.steps, letters, strict=False):
            if step and letter:
                size = letter if abs(step) == 1 else f"{abs(step)}*{letter}"
                line += f"{'-' if step < 0 else '+' if line else sign}{size}"
        if not line:
            return "" if sign and not self.start else str(self.start)
        return line + (f"{self.start:+}" if self.start else "")


def boxes(shape: Index) -> list[Index]:
    """All indices of an array, in reading order."""
    return list(product(*map(range, shape)))
