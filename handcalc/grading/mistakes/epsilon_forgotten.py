"""ε left out of a normalization, or put in another place."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula
from handcalc.grading.mistakes import _statistics
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations._operation import Operation
from handcalc.operations.group_normalize import GroupNormalize


class EpsilonForgotten(Mistake):
    """(x - μ)/√σ² in place of (x - μ)/√(σ² + ε)."""

    said: ClassVar[str] = "ε was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(own: Operation) -> Operation | None:
            if not isinstance(own, GroupNormalize) or own.epsilon.value == 0:
                return None
            return own.model_copy(update={"epsilon": Given.of("0"), "outside": False})

        yield from _statistics.remade(step, other)
