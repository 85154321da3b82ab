"""The moments used without their correction."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Quotient
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class BiasCorrectionForgotten(Mistake):
    """m in place of m̂ = m/(1 - β1^t), and v in place of v̂."""

    said: ClassVar[str] = "the bias correction of the moments was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is not None and getattr(optimizer, "bias_correction", False):
            plain = optimizer.model_copy(update={"bias_correction": False})
            yield from _rows.with_others(step, optimizer=plain)
            yield from _rows.changed(step, lambda ref, row: _uncorrected(step, ref, row))


def _uncorrected(step: Step, ref: Ref, row: Formula) -> Formula | None:
    """The moment itself where it is divided by 1 - β^t."""
    hat = _rows.word_of(step, ref).endswith("_hat")
    return row.top if hat and isinstance(row, Quotient) else None
