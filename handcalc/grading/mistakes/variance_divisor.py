"""A variance divided by n - 1 where n is meant, or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _statistics
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.operations._operation import Operation
from handcalc.operations.group_variance import GroupVariance


class VarianceDivisor(Mistake):
    """σ² = 1/(n - 1) Σ (x - μ)² in place of 1/n Σ (x - μ)²."""

    said: ClassVar[str] = (
        "the variance was divided by n - 1 where n is meant, or the other way round"
    )

    def told(self, step: Step) -> str:
        own = set(step.met(lambda ref: getattr(step.maker(ref), "unbiased", None)))
        if len(own) != 1:
            return self.said
        used, meant = ("n", "n - 1") if own == {True} else ("n - 1", "n")
        return f"the variance was divided by {used} where {meant} is meant"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(own: Operation) -> Operation | None:
            if not isinstance(own, GroupVariance):
                return None
            return own.model_copy(update={"unbiased": not own.unbiased})

        yield from _statistics.remade(step, other)
