"""The derivative of the loss with its sign turned round: target minus output."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class TargetMinusOutput(Mistake):
    """t - o in place of o - t."""

    said: ClassVar[str] = "the slope of the loss was taken with the wrong sign"
    covers: ClassVar[tuple[str, ...]] = ("sign",)

    def told(self, step: Step) -> str:
        network = step.steps.network
        if network.of_values and not network.of_kind("target"):
            return f"the slope of {network.problem.notation.loss} was taken with the wrong sign"
        return self.said

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            formula = step.steps.formula(ref) if step.is_loss_slope(ref) else None
            return None if formula is None else -formula

        yield from step.rewritten(other)
