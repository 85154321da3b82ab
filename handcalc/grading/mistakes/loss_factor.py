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

NEAR = 0.05
"""How near a ratio is to a factor that is said."""


class LossFactor(Mistake):
    """Σ (o - t)² in place of 1/2 Σ (o - t)², and the like."""

    said: ClassVar[str] = "the loss was taken with another factor in front"

    def told(self, step: Step) -> str:
        *most, last = map(_called, _factors(step))
        return f"the loss was taken {', '.join(most)} or {last} as large"

    def told_of(self, step: Step, ratio: float) -> str:
        near = [factor for factor in _factors(step) if abs(ratio / factor - 1) < NEAR]
        return f"the loss was taken {_called(near[0])} as large" if near else self.told(step)

    def formulas(self, step: Step) -> Iterator[Formula]:
        network = step.steps.network
        # A value that is held against no target is no loss.
        if not network.loss_is_known or (network.of_values and not network.of_kind("target")):
            return
        for factor in _factors(step):

            def other(ref: Ref, _: Ref, factor: Fraction = factor) -> Formula | None:
                is_loss = isinstance(ref, Element) and isinstance(step.maker(ref), Loss)
                formula = step.steps.formula(ref) if is_loss or step.is_loss_slope(ref) else None
                return None if formula is None else Number(factor) * formula

            yield from step.rewritten(other)


def _called(factor: Fraction) -> str:
    """Twice, half, 3 times, 1/3 times: as large."""
    return {Fraction(2): "twice", Fraction(1, 2): "half"}.get(factor, f"{factor} times")


def _factors(step: Step) -> list[Fraction]:
    """2 and 1/2, and the number of outputs where there are more."""
    network = step.steps.network
    n = prod(network.quantities[network.output].shape)
    both = [Fraction(2), Fraction(1, 2), Fraction(n), Fraction(1, n)]
    return [factor for factor in dict.fromkeys(both) if factor != 1]
