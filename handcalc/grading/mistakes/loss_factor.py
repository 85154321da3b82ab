"""A factor of the loss too much or too little: 2, 1/2, n or 1/n."""

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.losses._loss import Loss
from handcalc.network import Element, Ref
from handcalc.network.graph import LOSS


class LossFactor(Mistake):
    """Σ (o - t)² in place of 1/2 Σ (o - t)², and the like."""

    said: ClassVar[str] = "the loss was taken with another factor in front"

    def told(self, step: Step) -> str:
        *most, last = map(str, _factors(step))
        return f"the loss was taken {', '.join(most)} or {last} times as large"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if LOSS not in step.steps.network.quantities:
            return
        for factor in _factors(step):

            def other(ref: Ref, _: Ref, factor: Fraction = factor) -> Formula | None:
                is_loss = isinstance(ref, Element) and isinstance(step.maker(ref), Loss)
                formula = step.steps.formula(ref) if is_loss or step.is_loss_slope(ref) else None
                return None if formula is None else Number(factor) * formula

            yield from step.rewritten(other)


def _factors(step: Step) -> list[Fraction]:
    """2 and 1/2, and the number of outputs where there are more."""
    network = step.steps.network
    n = prod(network.quantities[network.output].shape)
    both = [Fraction(2), Fraction(1, 2), Fraction(n), Fraction(1, n)]
    return [factor for factor in dict.fromkeys(both) if factor != 1]
