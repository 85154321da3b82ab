"""ε added to the root where it stands under it, or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _statistics
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations._operation import Operation
from handcalc.operations.group_normalize import GroupNormalize


class EpsilonMisplaced(Mistake):
    """(x - μ)/(√σ² + ε) in place of (x - μ)/√(σ² + ε)."""

    said: ClassVar[str] = "ε was added to the root where it stands under it, or the other way round"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(own: Operation) -> Operation | None:
            if not isinstance(own, GroupNormalize) or own.epsilon.value == 0:
                return None
            return own.model_copy(update={"outside": not own.outside})

        yield from _statistics.remade(step, other)
