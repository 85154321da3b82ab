"""The gradient from above alone, without the local slope."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Gradient


class LocalSlopeForgotten(Mistake):
    """∂f/∂q in place of ∂f/∂q·∂q/∂x, on one path or on all of them."""

    said: ClassVar[str] = "the local slope was left out, and the gradient from above was passed on"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.one_factor(step, lambda path, _: Gradient(path))
