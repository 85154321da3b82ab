"""A path left out of a gradient that several paths lead to."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step

MOST_BESIDE = 4
"""Paths up to which each is tried beside all those through one gate or layer together."""


class PathLeftOut(Mistake):
    """∂E/∂h through o1 alone in place of the sum over o1 and o2."""

    said: ClassVar[str] = "a path was left out of the sum over all paths"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.kept(step, _chosen)


def _chosen(kind: _paths.Kind, fork: _paths.Fork) -> Iterator[tuple[Formula, ...]]:
    """All but one; of three or more one alone, too; all but those through one gate or layer."""
    if kind != "values":
        return
    terms = [term for _, term in fork]
    through = dict.fromkeys(path.quantity for path, _ in fork)
    several = 1 < len(through) < len(terms)
    for name in through if several else ():
        yield tuple(term for path, term in fork if path.quantity != name)
    if not several or len(terms) <= MOST_BESIDE:
        yield from _paths.all_but_one(terms)
