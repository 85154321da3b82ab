"""The bias left out of a sum."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref


class BiasForgotten(Mistake):
    """W·x in place of W·x + b."""

    said: ClassVar[str] = "the bias was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, inside: Ref) -> Formula | None:
            in_sum = step.word(ref) == "bias" and isinstance(inside, Element)
            return number(0) if in_sum else None

        yield from step.rewritten(other)
