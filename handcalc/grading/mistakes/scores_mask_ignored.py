"""The mask of an attention ignored in its softmax."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, total
from handcalc.grading.mistakes import _activations, _scores
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Ref
from handcalc.operations.masked_softmax import MaskedSoftmax


class ScoresMaskIgnored(Mistake):
    """e^(s_ij)/Σ_k e^(s_ik) over all k in place of those that the mask allows."""

    said: ClassVar[str] = "scores that the mask leaves out were counted in the softmax"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            if ref in step.on_sheet and ref != step.ref:
                return None
            own = step.maker(ref)
            if not isinstance(own, MaskedSoftmax):
                return _back(step, ref)
            few = _activations.few_shares(step, ref, _activations.unmasked(own))
            return step.remade(ref, _activations.unmasked(own)) if few else None

        if _scores.attends(step):
            yield from step.rewritten(other, uses=True)


def _back(step: Step, ref: Ref) -> Formula | None:
    """∂E/∂s_ij = Σ_k ∂E/∂A_ik·∂A_ik/∂s_ij over all k."""
    if not isinstance(ref, Gradient) or ref.via is not None:
        return None
    for node, _ in step.steps.network.consumers(ref.by.quantity):
        if isinstance(node.operation, MaskedSoftmax):
            own, shape = _activations.unmasked(node.operation), step.steps.shapes(node)[0]
            row = own.row(ref.by.index, shape)
            if len(row) > _activations.MOST_SHARES:
                return None
            A, inputs = (
                step.steps.tensor(node.output, ref.by.sample),
                step.steps.inputs_of(node, ref.by.sample),
            )
            return total(
                step.steps.leaf(Gradient(Element(node.output, at, ref.by.sample)))
                * own.partial(at, 0, ref.by.index, A, *inputs)
                for at in row
            )
    return None
