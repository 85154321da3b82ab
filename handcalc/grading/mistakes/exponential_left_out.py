"""One exponential left out of the sum in a softmax."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, total
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Part, Ref
from handcalc.operations._along import Along
from handcalc.operations._operation import Operation

MOST_SUMMED = 10


class ExponentialLeftOut(Mistake):
    """e^(z_i)/Σ_(j≠k) e^(z_j): the sum lacks one of its terms."""

    said: ClassVar[str] = "one exponential was left out of the sum of the softmax"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for left_out in range(MOST_SUMMED):
            if isinstance(step.ref, Part):
                found = self._parts(step, step.ref.of, left_out)
                if step.ref.word == "exp_sum" and found is not None:
                    yield found[1]
                continue

            def other(ref: Ref, _: Operation, left_out: int = left_out) -> Formula | None:
                found = self._parts(step, ref, left_out)
                return None if found is None else found[0] / found[1]

            yield from _activations.layer_by_layer(step, other)

    def _parts(self, step: Step, ref: Ref, left_out: int) -> tuple[Formula, Formula] | None:
        """The exponential of a value, and the sum of all but one in its row."""
        own = step.maker(ref)
        if not isinstance(own, Along) or not own.part_words or not isinstance(ref, Element):
            return None
        node = step.steps.network.producer(ref.quantity)
        tensors = step.steps.inputs_of(node, ref.sample)
        row = own.row(ref.index, tensors[0].shape)
        if not 1 < len(row) <= MOST_SUMMED or left_out >= len(row):
            return None
        kept = (index for place, index in enumerate(row) if place != left_out)
        summed = total(own.parts(index, *tensors)["exp"] for index in kept)
        return own.parts(ref.index, *tensors)["exp"], summed
