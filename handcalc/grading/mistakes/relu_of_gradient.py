"""ReLU applied to the gradient."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Product, Sum, is_long, maximum, number
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Gradient, Ref


class ReluOfGradient(Mistake):
    """∂E/∂z = max(0, ∂E/∂a) in place of ∂E/∂a·1[z > 0]."""

    said: ClassVar[str] = "the gradient was put through ReLU where the sign of z decides"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            formula = step.steps.formula(ref) if isinstance(ref, Gradient) else None
            return None if formula is None else _masked(step, formula)

        for route in step.routes:
            found = _masked(step, route)
            if found is not None:
                yield found
        yield from step.rewritten(
            lambda ref, inside: None if ref == step.ref else other(ref, inside)
        )


def _masked(step: Step, formula: Formula) -> Formula | None:
    """A product with ReLU of what stands before ReLU's slope; None where there is no such slope."""
    if isinstance(formula, Sum) and not is_long(formula):
        terms = [(_masked(step, term), term) for term in formula.terms]
        met = any(masked is not None for masked, _ in terms)
        return Sum(tuple(masked or term for masked, term in terms)) if met else None
    if not isinstance(formula, Product):
        return None
    factors = formula.factors
    for place, factor in enumerate(factors):
        ref = step.reference(factor)
        slope = _activations.slope_of(step, ref) if place and ref else None
        if _activations.word_of(slope) == "relu":
            before = factors[0] if place == 1 else Product(factors[:place])
            return Product((maximum(number(0), before), *factors[place + 1 :]))
    return None
