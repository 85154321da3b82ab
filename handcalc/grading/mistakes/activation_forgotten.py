"""The activation left out."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref
from handcalc.operations._operation import Operation


class ActivationForgotten(Mistake):
    """a = z in place of a = f(z)."""

    said: ClassVar[str] = "the activation was left out"

    def told(self, step: Step) -> str:
        return f"{_activations.named(_activations.of_values(step))} was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Operation) -> Formula:
            return step.steps.leaf(_activations.argument(step, ref))

        yield from _activations.layer_by_layer(step, other)
