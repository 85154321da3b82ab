"""What the optimizer remembers left out."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class MemoryForgotten(Mistake):
    """v = -η·g in place of v = μ·v_old - η·g."""

    said: ClassVar[str] = "what was kept from the step before was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is not None and optimizer.state:
            yield from _rows.with_others(step, before=dict.fromkeys(optimizer.state, number(0)))
