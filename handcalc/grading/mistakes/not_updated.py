"""The value before the update given for the one after it."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After


class NotUpdated(Mistake):
    """w in place of w - η·∂E/∂w; the loss before the step in place of the one after it."""

    said: ClassVar[str] = "the value before the update was given for the one after it"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if isinstance(step.ref, After):
            yield step.steps.leaf(step.ref.of)
