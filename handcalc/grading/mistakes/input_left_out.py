"""The input left out of the gradient of a weight."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes._activations import word_of
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref


class InputLeftOut(Mistake):
    """∂E/∂w = ∂E/∂z in place of ∂E/∂z·x, as it is for a bias."""

    said: ClassVar[str] = "the input was left out of the gradient of the weight"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            if not isinstance(ref, Local) or step.word(ref.by) != "weights":
                return None
            is_affine = word_of(step.maker(ref.of)) == "affine"
            there = step.steps.formula(ref)
            return number(1) if is_affine and there not in (None, number(0)) else None

        yield from step.rewritten(other)
