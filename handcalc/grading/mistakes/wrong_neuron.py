"""The weights of another neuron."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Local, Ref

MOST_UNITS = 6


class WrongNeuron(Mistake):
    """w3·x1 + w4·x2, of the second neuron, in place of w1·x1 + w2·x2; on the way back those of another input."""

    said: ClassVar[str] = "other weights of the layer were used"

    def told(self, step: Step) -> str:
        forward, back = (
            any(True for unit in (0, 1) for _ in self._rewritten(step, way, unit, biased=False))
            for way in (True, False)
        )
        if forward == back:
            return self.said
        return f"the weights of another {'neuron' if forward else 'input'} were used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for unit in range(MOST_UNITS):
            alone = list(self._rewritten(step, True, unit, biased=False))
            yield from alone
            with_bias = self._rewritten(step, True, unit, biased=True)
            yield from (formula for formula in with_bias if formula not in alone)
            yield from self._rewritten(step, False, unit, biased=False)

    def _rewritten(
        self, step: Step, forward: bool, unit: int, *, biased: bool
    ) -> Iterator[Formula]:
        """With the weights of another neuron, or input; `biased`: its bias too, where it has its own."""
        by_rows = step.steps.network.problem.notation.product == "Wx"
        axis = 0 if by_rows == forward else 1

        def other(ref: Ref, inside: Ref) -> Formula | None:
            if not isinstance(inside, Element if forward else Gradient | Local):
                return None
            if not isinstance(ref, Element):
                return None
            word, shape = step.word(ref), step.steps.network.quantities[ref.quantity].shape
            if word == "bias" and biased and len(shape) == 1 and len(ref.index) == 1:
                own, n = ref.index[0], shape[0]
                return step.steps.leaf(replace(ref, index=(unit,))) if own != unit < n else None
            if word != "weights" or len(shape) != 2:
                return None
            if unit >= shape[axis] or ref.index[axis] == unit:
                return None
            index = (unit, ref.index[1]) if axis == 0 else (ref.index[0], unit)
            return step.steps.leaf(replace(ref, index=index))

        yield from step.rewritten(other)
