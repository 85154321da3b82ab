"""Divided by the variance in place of its root."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Call, Formula, with_parts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref
from handcalc.operations.group_normalize import GroupNormalize


class VarianceForDeviation(Mistake):
    """(x - μ)/(σ² + ε) in place of (x - μ)/√(σ² + ε)."""

    said: ClassVar[str] = "it was divided by the variance in place of its root"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            if not isinstance(ref, Element | Local):
                return None
            made = ref.of if isinstance(ref, Local) else ref
            formula = step.steps.formula(ref)
            if formula is None or not isinstance(step.maker(made), GroupNormalize):
                return None
            return _without_root(formula)

        yield from step.rewritten(other)


def _without_root(formula: Formula) -> Formula:
    if isinstance(formula, Call) and formula.name == "sqrt":
        return formula.arguments[0]
    return with_parts(formula, _without_root)
