"""Output minus target where the rule has target minus output."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Negative
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import After, Element
from handcalc.network.graph import RATE


class ErrorSign(Mistake):
    """w + η·(y - t)·x in place of w + η·(t - y)·x."""

    said: ClassVar[str] = "the error was taken as output minus target"

    def formulas(self, step: Step) -> Iterator[Formula]:
        rule, ref = step.steps.network.problem.rule, step.ref
        if rule is not None and isinstance(ref, After) and step.steps.kind(ref.of) == "learned":
            rate = step.steps.leaf(Element(RATE))
            yield from _rows.with_others(step, {"rate": Negative(rate)})
