"""The weights of another neuron."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _uses, _weights
from handcalc.grading.mistakes._bias import is_bias
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

        def other(ref: Ref, inside: Ref) -> Formula | None:
            if not isinstance(inside, Element if forward else Gradient | Local):
                return None
            if not isinstance(ref, Element):
                return None
            shape = step.steps.network.quantities[ref.quantity].shape
            if biased and len(shape) == 1 and is_bias(step, ref, inside):
                own, n = ref.index[0], shape[0]
                return step.steps.leaf(replace(ref, index=(unit,))) if own != unit < n else None
            axis = self._axis(step, ref, inside, forward)
            if axis is None:
                return None
            if unit >= shape[axis] or ref.index[axis] == unit:
                return None
            index = (unit, ref.index[1]) if axis == 0 else (ref.index[0], unit)
            return step.steps.leaf(replace(ref, index=index))

        yield from step.rewritten(other)

    def _axis(self, step: Step, ref: Element, inside: Ref, forward: bool) -> int | None:
        """The axis along which the weights of another neuron lie, or on the way back of another input."""
        made = inside.of if isinstance(inside, Local) else inside
        in_a_layer = step.word(ref) == "weights" or (
            isinstance(made, Element) and _uses.time(step, made) is not None
        )
        if not in_a_layer or not _weights.is_matrix(step, ref):
            return None
        axis = _weights.axis_of_neurons(step, ref, inside)
        return axis if forward or axis is None else 1 - axis
