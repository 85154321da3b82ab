"""The weights of the file used in every step of training."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.written_out import WrittenOut
from handcalc.network import After, Ref, Stage
from handcalc.network.refs import At

if TYPE_CHECKING:
    from handcalc.grading.step_at import StepAt


Where: TypeAlias = tuple[bool, ...]
"""Whether the weights of the file stand in the updates, in what is before them, or in both."""


class FirstWeights(Mistake):
    """Outputs and gradients of w_0 in place of w_(k - 1); w_0 - η·∂E/∂w too, where each step begins anew, or alone."""

    said: ClassVar[str] = (
        "the weights of the file were used in place of those that the step before has left"
    )

    def formulas_at(self, step: "StepAt") -> Iterator[Formula]:
        if step.at.step == 1 or step.formula is None:
            return
        learned, leaf = step.local.steps.network.learned_names, step.steps.leaf

        def first(of_updates: Where, ref: Ref, inside: Ref | None) -> Formula | None:
            if not isinstance(ref, At) or not isinstance(ref.of, After) or ref.step >= step.at.step:
                return None
            if ref.of.of.quantity not in learned:
                return None
            updates = isinstance(inside, At) and isinstance(inside.of, After | Stage)
            return leaf(At(ref.of.of, 1)) if updates in of_updates else None

        for of_updates in ((False,), (False, True), (True,)):
            formula = WrittenOut(step, partial(first, of_updates)).formula(step.formula)
            if formula is not None:
                yield formula
