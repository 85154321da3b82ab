"""Masked scores of an attention set to 0, where -∞ is meant: e^0 = 1 is then counted."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, exp, number, total
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations._operation import Operation
from handcalc.operations.masked_softmax import MaskedSoftmax


class MaskedScoresAsZero(Mistake):
    """e^(s_ij)/(Σ_k e^(s_ik) + m), with 1 for each of the m scores that are masked."""

    said: ClassVar[str] = "masked scores were set to 0 where -∞ is meant"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, own: Operation) -> Formula | None:
            if not isinstance(own, MaskedSoftmax) or not isinstance(ref, Element):
                return None
            node = step.steps.network.producer(ref.quantity)
            (s,) = step.steps.inputs_of(node, ref.sample)
            allowed = own.row(ref.index, s.shape)
            masked = len(_activations.unmasked(own).row(ref.index, s.shape)) - len(allowed)
            if not masked or len(allowed) > _activations.MOST_SHARES:
                return None
            top = exp(s[ref.index]) if own.allows(ref.index) else number(1)
            return top / total((*(exp(s[at]) for at in allowed), number(masked)))

        yield from _activations.layer_by_layer(step, other)
