"""Exponentials rounded before they are used."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from handcalc.formula import Formula, Number, exp, floor, is_long
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._calls import with_calls
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref
from handcalc.operations._operation import Operation

MOST_DECIMALS = 2


class RoundedExponentials(Mistake):
    """round(e^z_i)/Σ round(e^z_j), to 0, 1 or 2 decimals where the answer has more."""

    said: ClassVar[str] = "the exponentials were rounded before they were used"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for decimals in range(min(MOST_DECIMALS + 1, step.decimals)):

            def other(ref: Ref, _: Operation, decimals: int = decimals) -> Formula | None:
                formula = step.steps.formula(ref)
                if formula is None or is_long(formula):
                    return None
                rounded = with_calls(formula, "exp", lambda z: _rounded(exp(z), decimals))
                return rounded if rounded != formula else None

            yield from _activations.layer_by_layer(step, other)


def _rounded(value: Formula, decimals: int) -> Formula:
    """floor(10^d·x + 1/2)/10^d."""
    tens = Number(Fraction(10**decimals))
    return floor(tens * value + Number(Fraction(1, 2))) / tens
