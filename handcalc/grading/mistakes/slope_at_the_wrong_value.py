"""The slope of an activation taken at z where its output is meant, or at its output where z is meant."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref


class SlopeAtTheWrongValue(Mistake):
    """z(1 - z), or σ(a)(1 - σ(a)), in place of a(1 - a)."""

    said: ClassVar[str] = (
        "the slope of the activation was taken at the wrong value: a(1 - a) wants the output a, not z"
    )

    def formulas(self, step: Step) -> Iterator[Formula]:
        for at_input in (True, False):

            def other(ref: Ref, _: Ref, at_input: bool = at_input) -> Formula | None:
                found = step.slope_of_activation(ref)
                if found is None:
                    return None
                activation, z, a = found
                return activation.slope(z, z) if at_input else activation.slope(a, activation.of(a))

            yield from step.rewritten(other)
