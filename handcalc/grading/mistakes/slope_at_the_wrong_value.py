"""The slope of an activation taken at z where its output is meant, or at its output where z is meant."""

from collections.abc import Iterator
from functools import lru_cache
from math import isfinite, nan
from typing import ClassVar

from handcalc.formula import Formula, Number, evaluate
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Ref
from handcalc.operations._elementwise import Elementwise

_PROBES = (-1.7, -0.4, 0.3, 1.9)


class SlopeAtTheWrongValue(Mistake):
    """z(1 - z), or σ(a)(1 - σ(a)), in place of a(1 - a)."""

    said: ClassVar[str] = "the slope of the activation was taken at the wrong value, z or a"

    def told(self, step: Step) -> str:
        met = step.met(lambda ref: (step.slope_of_activation(ref) or (None,))[0])
        return f"the slope of {_activations.named(met)} was taken at the wrong value, z or a"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for at_input in (True, False):

            def other(ref: Ref, _: Ref, at_input: bool = at_input) -> Formula | None:
                found = step.slope_of_activation(ref)
                if found is None or not _differs(found[0], at_input):
                    return None
                activation, z, a = found
                return _elsewhere(activation, z, a, at_input)

            yield from step.rewritten(other)


def _elsewhere(activation: Elementwise, z: Formula, a: Formula, at_input: bool) -> Formula:
    return activation.slope(z, z) if at_input else activation.slope(a, activation.of(a))


@lru_cache(maxsize=64)
def _differs(activation: Elementwise, at_input: bool) -> bool:
    """Is it another slope at all? That of ReLU is the same at z and at max(0, z)."""
    for probe in _PROBES:
        z = Number(probe)
        a = activation.of(z)
        here = _value(activation.slope(z, a))
        there = _value(_elsewhere(activation, z, a, at_input))
        if isfinite(here) and isfinite(there) and abs(here - there) > 1e-9:
            return True
    return False


def _value(formula: Formula) -> float:
    """The value of a formula without names; nan where it has none, as ln(-1)."""
    try:
        return float(evaluate(formula, lambda _: 0.0))
    except (ArithmeticError, ValueError, TypeError):
        return nan
