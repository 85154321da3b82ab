"""The bias left out of a sum."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes._bias import is_bias
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class BiasForgotten(Mistake):
    """W·x in place of W·x + b."""

    said: ClassVar[str] = "the bias was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from step.rewritten(
            lambda ref, inside: number(0) if is_bias(step, ref, inside) else None
        )
