"""The gradient added to the velocity where it is taken away."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Negative
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element
from handcalc.network.graph import RATE


class VelocitySign(Mistake):
    """v = μ·v_old + η·g in place of v = μ·v_old - η·g."""

    said: ClassVar[str] = "the gradient was added to the velocity in place of taken away"

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is not None and getattr(optimizer, "form", "") in ("velocity", "cs231n"):
            rate = step.steps.leaf(Element(RATE))
            yield from _rows.with_others(step, {"rate": Negative(rate)}, only=("v",))
