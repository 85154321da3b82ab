"""The gradient of a bias multiplied by an input, as that of a weight is."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._activations import word_of
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref

MOST_INPUTS = 8


class BiasGradientTimesInput(Mistake):
    """∂E/∂b = ∂E/∂z·x in place of ∂E/∂z: the slope of z by its bias is 1."""

    said: ClassVar[str] = "the gradient of the bias was multiplied by an input"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for j in range(MOST_INPUTS):

            def other(ref: Ref, _: Ref, j: int = j) -> Formula | None:
                if not isinstance(ref, Local) or step.word(ref.by) != "bias":
                    return None
                node = step.steps.network.producer(ref.of.quantity)
                x = step.steps.inputs_of(node, ref.of.sample)[0]
                if word_of(node.operation) != "affine" or j >= x.shape[-1]:
                    return None
                return x[(*ref.of.index[:-1], j)]

            yield from step.rewritten(other)
