"""The weights after the update, where the gradient needs those before it; or the other way round."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _weights
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Local, Ref


class UpdatedWeights(Mistake):
    """∂E/∂h = Σ ∂E/∂o·w_new in place of Σ ∂E/∂o·w."""

    said: ClassVar[str] = (
        "the gradient was passed back through the updated weights where the old ones are meant, "
        "or the other way round"
    )

    def told(self, step: Step) -> str:
        new = step.steps.network.problem.update == "simultaneous"
        used, meant = ("updated", "old") if new else ("old", "updated")
        return (
            f"the gradient was passed back through the {used} weights where the {meant} ones "
            "are meant"
        )

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not step.steps.network.learned:
            return

        def other(ref: Ref, inside: Ref) -> Formula | None:
            if not isinstance(inside, Gradient | Local):
                return None
            if isinstance(ref, Element) and _is_weight(step, ref):
                new = step.steps.same(After(ref))
                # The weights of a sequence stand in their own gradient; what is asked is not at hand yet.
                return step.steps.leaf(new) if new not in (ref, step.ref) else None
            if isinstance(ref, After) and step.steps.kind(ref.of) == "learned":
                return step.steps.leaf(ref.of)
            return None

        yield from step.rewritten(other)


def _is_weight(step: Step, ref: Ref) -> bool:
    return step.word(ref) == "kernel" or _weights.is_matrix(step, ref)
