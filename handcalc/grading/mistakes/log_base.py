"""A logarithm to another base: log10 where ln is meant, or the other way round."""

from collections.abc import Iterator
from math import log
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element
from handcalc.network.graph import LOSS

_BASES = {"e": 1.0, "2": log(2), "10": log(10)}


class LogBase(Mistake):
    """log_b x = ln x/ln b: the loss is the right one times a constant."""

    said: ClassVar[str] = "the logarithm has another base than the file says (e, 2 or 10)"

    def formulas(self, step: Step) -> Iterator[Formula]:
        own = _BASES.get(str(getattr(step.steps.network.problem.loss, "log", "")))
        is_loss = isinstance(step.ref, Element) and step.ref.quantity == LOSS
        if own is None or not is_loss or step.formula is None:
            return
        for base in _BASES.values():
            if base != own:
                yield Number(own / base) * step.formula
