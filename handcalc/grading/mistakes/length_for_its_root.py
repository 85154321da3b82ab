"""The scores of an attention divided by the length of a key in place of its root."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _scores
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class LengthForItsRoot(Mistake):
    """S/d in place of S/√d."""

    said: ClassVar[str] = "it was divided by d where √d is meant"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return

        def other(ref: Ref, _: Ref) -> Formula | None:
            found = _scores.over_root(step, ref)
            return None if found is None or found[0] == 1 else found[1] / number(found[0])

        yield from step.rewritten(other)
