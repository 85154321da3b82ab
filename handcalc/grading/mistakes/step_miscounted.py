"""The bias correction with the number of another step."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class StepMiscounted(Mistake):
    """1 - β^(t - 1) in place of 1 - β^t, or 1 - β^(t + 1)."""

    said: ClassVar[str] = "the bias correction was made with the number of another step"

    def formulas(self, step: Step) -> Iterator[Formula]:
        t = step.steps.network.t
        for other in dict.fromkeys((t - 1, t + 1, 1)):
            if 0 < other != t:
                yield from _rows.with_others(step, {"t": other})
