"""The state left out of a weighted sum."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class StateLeftOut(Mistake):
    """W·x + b in place of W·x + U·h + b."""

    said: ClassVar[str] = "the state before was left out of the weighted sum"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _uses.through_time(step):
            return

        def other(used: Element, made: Element) -> Formula | None:
            own = _uses.label(step, made)
            summed = own.stage == "in" and _uses.time(step, made) is not None
            return number(0) if summed and _uses.is_state(step, used) else None

        yield from _uses.with_others(step, other, slopes=False)
