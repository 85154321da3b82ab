"""The scores of an attention not divided by the root of the length of a key."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _scores
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class RootOfLengthForgotten(Mistake):
    """S = Q·Kᵀ in place of Q·Kᵀ/√d."""

    said: ClassVar[str] = "the division by √d was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return

        def other(ref: Ref, _: Ref) -> Formula | None:
            found = _scores.over_root(step, ref)
            return None if found is None or found[0] == 1 else found[1]

        yield from step.rewritten(other)
