"""The bias added twice."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref


class BiasTwice(Mistake):
    """W·x + 2b in place of W·x + b."""

    said: ClassVar[str] = "the bias was added twice"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, inside: Ref) -> Formula | None:
            in_sum = step.word(ref) == "bias" and isinstance(inside, Element)
            return 2 * step.steps.leaf(ref) if in_sum else None

        yield from step.rewritten(other)
