"""A softmax over the columns of a matrix in place of its rows."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations._along import Along
from handcalc.operations._operation import Operation


class ColumnsForRows(Mistake):
    """A_ij = e^(s_ij)/Σ_k e^(s_kj) in place of e^(s_ij)/Σ_k e^(s_ik)."""

    said: ClassVar[str] = (
        "the softmax was taken over columns where rows are meant, or the other way"
    )

    def told(self, step: Step) -> str:
        axes = {own.axis for own in _activations.of_values(step) if isinstance(own, Along)}
        if axes == {1}:
            return "the softmax was taken over rows where columns are meant"
        return "the softmax was taken over columns where rows are meant" if axes else self.said

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, own: Operation) -> Formula | None:
            if not isinstance(own, Along) or not isinstance(ref, Element) or len(ref.index) != 2:
                return None
            turned = own.model_copy(update={"axis": 2 if own.axis == 1 else 1})
            # The corner of a causal mask has but one score in its row, or in its column.
            shape = step.steps.network.quantities[ref.quantity].shape
            several = 1 < max(shape) <= _activations.MOST_SHARES
            return step.remade(ref, turned) if several else None

        yield from _activations.layer_by_layer(step, other)
