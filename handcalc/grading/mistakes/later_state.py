"""The state of a later time."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class LaterState(Mistake):
    """∂E/∂z_t·h_t in place of ∂E/∂z_t·h_(t-1) on the way back: the new state for the old one."""

    said: ClassVar[str] = "the state of a later time was used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _uses.states_moved(step, 1)
