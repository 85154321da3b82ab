"""The moments used without their correction."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class BiasCorrectionForgotten(Mistake):
    """m in place of m̂ = m/(1 - β1^t), and v in place of v̂."""

    said: ClassVar[str] = "the bias correction of the moments was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is not None and getattr(optimizer, "bias_correction", False):
            plain = optimizer.model_copy(update={"bias_correction": False})
            yield from _rows.with_others(step, optimizer=plain)
