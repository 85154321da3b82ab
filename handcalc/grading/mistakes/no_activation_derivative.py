"""The slope of the activation left out of the chain rule."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref


class NoActivationDerivative(Mistake):
    """∂E/∂w = ∂E/∂o·x in place of ∂E/∂o·∂o/∂z·x, where the slope is but a factor."""

    said: ClassVar[str] = "the slope of the activation was left out of the chain rule"
    covers: ClassVar[tuple[str, ...]] = ("local_slope_forgotten",)

    def told(self, step: Step) -> str:
        names = _activations.named(_activations.of_slopes(step))
        return f"the slope of {names} was left out of the chain rule"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if isinstance(step.ref, Local):
            return
        # With ReLU alone on the way it is the mask that is left out, which is another mistake.
        met = _activations.of_slopes(step)
        if all(_activations.word_of(operation) == "relu" for operation in met):
            return

        def other(ref: Ref, _: Ref) -> Formula | None:
            if _activations.slope_of(step, ref) is None:
                return None
            assert isinstance(ref, Local)
            return number(1 if ref.of.index == ref.by.index else 0)

        yield from step.rewritten(other)
