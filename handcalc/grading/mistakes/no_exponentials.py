"""A softmax without its exponentials."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref
from handcalc.operations._along import Along
from handcalc.operations._operation import Operation


class NoExponentials(Mistake):
    """z_i/Σ_j z_j in place of e^(z_i)/Σ_j e^(z_j)."""

    said: ClassVar[str] = "the exponentials of the softmax were left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, own: Operation) -> Formula | None:
            if not isinstance(own, Along) or not own.part_words:
                return None
            few = _activations.few_shares(step, ref, own)
            normalize = _activations.made("normalize", axis=own.axis)
            return step.remade(ref, normalize) if few else None

        yield from _activations.layer_by_layer(step, other)
