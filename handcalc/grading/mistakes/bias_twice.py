"""The bias added twice."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._bias import is_bias
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class BiasTwice(Mistake):
    """W·x + 2b in place of W·x + b."""

    said: ClassVar[str] = "the bias was added twice"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from step.rewritten(
            lambda ref, inside: 2 * step.steps.leaf(ref) if is_bias(step, ref, inside) else None
        )
