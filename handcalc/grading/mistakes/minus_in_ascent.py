"""Minus where the update goes uphill."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient
from handcalc.network.graph import RATE


class MinusInAscent(Mistake):
    """w - η·∂E/∂w in place of w + η·∂E/∂w."""

    said: ClassVar[str] = "the update went down the gradient in place of up"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref, leaf = step.ref, step.steps.leaf
        optimizer = step.steps.network.problem.optimizer
        if optimizer is None or not optimizer.ascends or not isinstance(ref, After):
            return
        if step.steps.kind(ref.of) == "learned":
            yield leaf(ref.of) - leaf(Element(RATE)) * leaf(step.steps.same(Gradient(ref.of)))
