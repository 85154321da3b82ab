"""A time left out of a gradient that all times add to."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class TimeLeftOut(Mistake):
    """∂E/∂W of the last time alone, or of some times, in place of the sum over all times."""

    said: ClassVar[str] = "not every time was counted in the sum over all times"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.kept(step, _chosen)


def _chosen(kind: _paths.Kind, fork: _paths.Fork) -> Iterator[tuple[Formula, ...]]:
    if kind == "times":
        yield from _paths.all_but_one([term for _, term in fork])
