"""Only the diagonal of the softmax's Jacobian."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, number
from handcalc.grading.mistakes import _activations, _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Local, Ref
from handcalc.operations._along import Along


class JacobianDiagonal(Mistake):
    """∂p_j/∂z_i = 0 in place of -p_i·p_j: each score is taken to move its own probability alone."""

    said: ClassVar[str] = "the other probabilities, which each score moves too, were left out"

    def told(self, step: Step) -> str:
        attends = step.element is not None and _uses.label(step, step.element).own
        return self.said.replace("probabilities", "weights") if attends else self.said

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            own = _activations.slope_of(step, ref)
            if not isinstance(own, Along) or not own.part_words:
                return None
            assert isinstance(ref, Local)
            return number(0) if ref.of.index != ref.by.index else None

        yield from step.rewritten(other)
