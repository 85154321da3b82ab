"""The class itself counted in a hinge sum: its term is max(0, s_c - s_c + 1) = 1, the margin."""

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.losses.multiclass_hinge import MulticlassHinge
from handcalc.network import After, Element, Ref


class ClassItselfCounted(Mistake):
    """Σ over all j in place of Σ over j ≠ c: the margin too much, once for each row."""

    said: ClassVar[str] = "the class itself was counted in the sum of the hinge loss"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            hinge, formula = step.maker(ref), step.steps.formula(ref)
            if not isinstance(hinge, MulticlassHinge) or formula is None or not hinge.margin.value:
                return None
            y = step.steps.network.quantities[_output(step, ref)].shape
            margin = Fraction(hinge.margin.value)
            term = margin**2 if hinge.squared else margin
            share = term / y[-1] if hinge.factor == "mean" else term
            return formula + Number(share * prod(y[:-1]))

        yield from step.rewritten(other)


def _output(step: Step, ref: Ref) -> str:
    """The output that a loss is of."""
    of = ref.of if isinstance(ref, After) else ref
    assert isinstance(of, Element)
    return step.steps.network.producer(of.quantity).inputs[0]
