"""Mean and variance of a normalization both taken as constants on the way back."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations.group_mean import GroupMean
from handcalc.operations.group_variance import GroupVariance


class StatisticsAsConstants(Mistake):
    """∂E/∂x = ∂E/∂x̂/√(σ² + ε) alone, as if μ and σ² did not depend on x."""

    said: ClassVar[str] = "mean and variance were taken as constants on the way back"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.kept(step, _paths.without(step, GroupMean, GroupVariance))
