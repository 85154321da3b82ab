"""A factor of the loss too much or too little: 2, 1/2, n or 1/n."""

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.network.graph import LOSS


class LossFactor(Mistake):
    """Σ (o - t)² in place of 1/2 Σ (o - t)², and the like."""

    said: ClassVar[str] = "a factor of the loss is wrong: 2, 1/2, n or 1/n too much or too little"

    def formulas(self, step: Step) -> Iterator[Formula]:
        network = step.steps.network
        if LOSS not in network.quantities:
            return
        n = prod(network.quantities[network.output].shape)
        factors = dict.fromkeys([Fraction(2), Fraction(1, 2), Fraction(n), Fraction(1, n)])
        for factor in factors:

            def other(ref: Ref, _: Ref, factor: Fraction = factor) -> Formula | None:
                is_loss = isinstance(ref, Element) and ref.quantity == LOSS
                formula = step.steps.formula(ref) if is_loss or step.is_loss_slope(ref) else None
                return None if formula is None else Number(factor) * formula

            if factor != 1:
                yield from step.rewritten(other)
