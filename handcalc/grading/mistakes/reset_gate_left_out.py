"""The reset gate left out of the candidate."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class ResetGateLeftOut(Mistake):
    """W·x + U·h + b in place of W·x + U·(r·h) + b."""

    said: ClassVar[str] = "the reset gate was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _uses.through_time(step):
            return

        def other(used: Element, made: Element) -> Formula | None:
            # A gate that stands in a weighted sum decides how much of the state counts there.
            resets = _uses.is_gate(step, used) and _uses.label(step, made).stage == "in"
            return number(1) if resets else None

        yield from _uses.with_others(step, other)
