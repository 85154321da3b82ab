"""The state of an earlier time."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class EarlierState(Mistake):
    """o·tanh(c_(t-1)) in place of o·tanh(c_t): the old state for the new one."""

    said: ClassVar[str] = "the state of an earlier time was used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _uses.states_moved(step, -1)
