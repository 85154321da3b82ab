"""The variance of a normalization taken as a constant on the way back."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations.group_variance import GroupVariance


class VarianceAsConstant(Mistake):
    """∂E/∂x without the path through σ², which depends on x, too."""

    said: ClassVar[str] = "the path through the variance was left out on the way back"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.kept(step, _paths.without(step, GroupVariance))
