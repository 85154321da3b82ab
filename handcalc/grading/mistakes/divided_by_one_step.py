"""A central difference divided by h in place of 2h."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Quotient
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Part
from handcalc.network.graph import STEP


class DividedByOneStep(Mistake):
    """(f(x + h) - f(x - h))/h in place of (f(x + h) - f(x - h))/(2h)."""

    said: ClassVar[str] = "the difference was divided by h where 2h belongs"

    def formulas(self, step: Step) -> Iterator[Formula]:
        whole = step.formula
        is_one = isinstance(step.ref, Part) and step.ref.word == "difference"
        if is_one and step.steps.network.central and isinstance(whole, Quotient):
            yield Quotient(whole.top, step.steps.leaf(Element(STEP)))
