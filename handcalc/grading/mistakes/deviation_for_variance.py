"""The standard deviation in place of the variance."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, sqrt
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations.group_variance import GroupVariance


class DeviationForVariance(Mistake):
    """√(1/n Σ (x - μ)²) in place of 1/n Σ (x - μ)²."""

    said: ClassVar[str] = "the standard deviation was taken in place of the variance"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            if not isinstance(ref, Element) or not isinstance(step.maker(ref), GroupVariance):
                return None
            formula = step.steps.formula(ref)
            return None if formula is None else sqrt(formula)

        yield from step.rewritten(other)
