"""A softmax without its exponentials."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, total
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations._along import Along
from handcalc.operations._operation import Operation


class NoExponentials(Mistake):
    """z_i/Σ_j z_j in place of e^(z_i)/Σ_j e^(z_j)."""

    said: ClassVar[str] = "the exponentials of the softmax were left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, own: Operation) -> Formula | None:
            if not isinstance(own, Along) or not own.part_words:
                return None
            if not isinstance(ref, Element) or not _activations.few_shares(step, ref, own):
                return None
            node = step.steps.network.producer(ref.quantity)
            (z,) = step.steps.inputs_of(node, ref.sample)
            row = own.row(ref.index, z.shape)
            return z[ref.index] / total(z[at] for at in row) if ref.index in row else None

        yield from _activations.layer_by_layer(step, other)
