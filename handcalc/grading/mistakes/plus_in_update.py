"""Plus where the update takes away."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Change, Element, Gradient
from handcalc.network.graph import RATE


class PlusInUpdate(Mistake):
    """w + η·∂E/∂w in place of w - η·∂E/∂w."""

    said: ClassVar[str] = "the update went up the gradient: w - η·∂E/∂w is meant, with a minus sign"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref = step.ref
        if isinstance(ref, After | Change) and step.steps.kind(ref.of) == "learned":
            leaf = step.steps.leaf
            change = leaf(Element(RATE)) * leaf(step.steps.same(Gradient(ref.of)))
            yield change if isinstance(ref, Change) else leaf(ref.of) + change
