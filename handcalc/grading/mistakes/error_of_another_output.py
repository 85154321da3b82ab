"""The slope of the loss carried over from another output."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula, Negative
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Local, Part, Ref

MOST_OUTPUTS = 6


class ErrorOfAnotherOutput(Mistake):
    """o2 - t2, or t2 - o2, in place of o1 - t1."""

    said: ClassVar[str] = "the error of another output was used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for place in range(MOST_OUTPUTS):
            for turned in (False, True):

                def other(
                    ref: Ref, _: Ref, place: int = place, turned: bool = turned
                ) -> Formula | None:
                    found = _elsewhere(step, ref, place)
                    leaf = None if found is None else step.steps.leaf(found)
                    return Negative(leaf) if leaf is not None and turned else leaf

                yield from step.rewritten(other)


def _elsewhere(step: Step, ref: Ref, place: int) -> Ref | None:
    """The same error of another output; None for other steps, and for the output itself."""
    match ref:
        case Gradient(by=own, via=None) if step.is_loss_slope(ref) or step.steps.cancels(own):
            pass
        case Local(by=own) if step.is_loss_slope(ref):
            pass
        case Part(word="error", of=own):
            pass
        case _:
            return None
    shape = step.steps.network.quantities[own.quantity].shape
    if len(shape) != 1 or place >= shape[0] or own.index == (place,):
        return None
    other: Element = replace(own, index=(place,))
    match ref:
        case Local():
            return replace(ref, by=other)
        case Part():
            return replace(ref, of=other)
        case _:
            return step.steps.same(Gradient(other))
