"""Plus where the update takes away."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Negative
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Stage
from handcalc.network.graph import RATE
from handcalc.optimizers._optimizer import NEW


class PlusInUpdate(Mistake):
    """w + η·∂E/∂w in place of w - η·∂E/∂w."""

    said: ClassVar[str] = "the update went up the gradient in place of down"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref, leaf = step.ref, step.steps.leaf
        if not isinstance(ref, After | Stage) or step.steps.kind(ref.of) != "learned":
            return
        optimizer = step.steps.network.problem.optimizer
        if optimizer is None or optimizer.ascends or step.steps.network.problem.rule is not None:
            return
        moved = leaf(Element(RATE)) * leaf(step.steps.same(Gradient(ref.of)))
        if isinstance(ref, Stage):
            if ref.word == "Delta":
                yield moved
            return
        yield leaf(ref.of) + moved
        if optimizer.words:
            turned = {"rate": Negative(leaf(Element(RATE)))}
            yield from _rows.with_others(step, turned, only=(NEW,))
        if Stage(ref.of, "Delta") in step.on_sheet:
            yield leaf(ref.of) - leaf(Stage(ref.of, "Delta"))
