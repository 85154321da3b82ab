"""The local slope alone, without what comes back to it."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _paths
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local


class UpstreamForgotten(Mistake):
    """∂q/∂x in place of ∂f/∂q·∂q/∂x, on one path or on all of them."""

    said: ClassVar[str] = "the gradient from above was left out, and the local slope stood alone"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _paths.one_factor(step, Local)
