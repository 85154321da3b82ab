"""A logarithm to another base: log10 where ln is meant, or the other way round."""

from collections.abc import Iterator
from math import log
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Part, Ref

_BASES = {"e": 1.0, "2": log(2), "10": log(10)}


class LogBase(Mistake):
    """log_b x = ln x/ln b: the loss is the right one times a constant."""

    said: ClassVar[str] = "the logarithm of the loss was taken to another base"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for base in _BASES.values():

            def other(ref: Ref, _: Ref, base: float = base) -> Formula | None:
                own = _base_of(step, ref)
                formula = step.steps.formula(ref)
                if own is None or own == base or formula is None:
                    return None
                return Number(own / base) * formula

            yield from step.rewritten(other)


def _base_of(step: Step, ref: Ref) -> float | None:
    """The natural logarithm of the base that a loss, or an output's share of it, is taken to."""
    if isinstance(ref, Part) and ref.word == "share":
        nodes = (node for node, _ in step.steps.network.consumers(ref.of.quantity))
        words = (getattr(node.operation, "log", "") for node in nodes)
        return next((_BASES[word] for word in words if word in _BASES), None)
    return _BASES.get(str(getattr(step.maker(ref), "log", "")))
