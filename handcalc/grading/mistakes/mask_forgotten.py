"""ReLU left out on the way back."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref

MOST_SAMPLES = 8


class MaskForgotten(Mistake):
    """∂E/∂z = ∂E/∂a in place of ∂E/∂a·1[z > 0], in all samples or in one of several."""

    said: ClassVar[str] = "the gradient was let through where ReLU stops it"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if isinstance(step.ref, Local):
            return
        samples = step.steps.samples[:MOST_SAMPLES]
        for only in (None, *(samples if len(samples) > 1 else ())):

            def other(ref: Ref, _: Ref, only: int | None = only) -> Formula | None:
                if _activations.word_of(_activations.slope_of(step, ref)) != "relu":
                    return None
                assert isinstance(ref, Local)
                return number(1) if only is None or ref.of.sample == only else None

            yield from step.rewritten(other)
