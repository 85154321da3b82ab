"""W where its transpose belongs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _weights
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Local, Ref


class WeightsTransposed(Mistake):
    """Wᵀ·x in place of W·x, or on the way back W·∂E/∂z in place of Wᵀ·∂E/∂z: w21 where w12 belongs."""

    said: ClassVar[str] = "rows and columns of the weights were mixed up"

    def told(self, step: Step) -> str:
        forward, back = (any(self._rewritten(step, way)) for way in (True, False))
        if forward == back:
            return self.said
        as_it_is = step.steps.network.problem.notation.product != "WTx"
        used, meant = ("W", "Wᵀ") if as_it_is == back else ("Wᵀ", "W")
        way = "the gradient was passed back through" if back else "the inputs were multiplied by"
        return f"{way} {used} where {meant} belongs"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for forward in (True, False):
            yield from self._rewritten(step, forward)

    def _rewritten(self, step: Step, forward: bool) -> Iterator[Formula]:
        """With the weights turned in the sums alone, or on the way back alone."""

        def other(ref: Ref, inside: Ref) -> Formula | None:
            if not isinstance(inside, Element if forward else Gradient | Local):
                return None
            if not isinstance(ref, Element) or not _weights.is_matrix(step, ref):
                return None
            shape = step.steps.network.quantities[ref.quantity].shape
            if len(shape) != 2 or shape[0] != shape[1] or ref.index == ref.index[::-1]:
                return None
            return step.steps.leaf(replace(ref, index=ref.index[::-1]))

        yield from step.rewritten(other)
