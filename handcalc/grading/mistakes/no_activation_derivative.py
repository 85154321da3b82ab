"""The slope of the activation left out of the chain rule."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class NoActivationDerivative(Mistake):
    """∂E/∂w = ∂E/∂o·x in place of ∂E/∂o·∂o/∂z·x."""

    said: ClassVar[str] = "the slope of the activation is missing as a factor of the chain rule"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from step.rewritten(
            lambda ref, _: number(1) if step.slope_of_activation(ref) is not None else None
        )
