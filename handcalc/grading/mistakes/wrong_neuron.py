"""The weights of another neuron."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref

MOST_UNITS = 6


class WrongNeuron(Mistake):
    """w3·x1 + w4·x2, of the second neuron, in place of w1·x1 + w2·x2."""

    said: ClassVar[str] = "the weights of another neuron were used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for axis in (0, 1):
            for unit in range(MOST_UNITS):

                def other(ref: Ref, _: Ref, axis: int = axis, unit: int = unit) -> Formula | None:
                    if not isinstance(ref, Element) or step.word(ref) != "weights":
                        return None
                    shape = step.steps.network.quantities[ref.quantity].shape
                    if len(shape) != 2 or unit >= shape[axis] or ref.index[axis] == unit:
                        return None
                    index = (unit, ref.index[1]) if axis == 0 else (ref.index[0], unit)
                    return step.steps.leaf(replace(ref, index=index))

                yield from step.rewritten(other)
