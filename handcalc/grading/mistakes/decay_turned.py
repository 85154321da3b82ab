"""The share of the old value given to the new one."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class DecayTurned(Mistake):
    """(1 - β)·m_old + β·g in place of β·m_old + (1 - β)·g."""

    said: ClassVar[str] = "the shares of the old and the new value were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        there = step.steps.network.quantities.keys()
        optimizer = _rows.optimizer_of(step)
        own = [*_ALWAYS, *(["momentum"] if getattr(optimizer, "form", "") == "average" else [])]
        decays = [name for name in own if name in there]
        if decays and optimizer is not None:
            others = {name: 1 - step.steps.leaf(Element(name)) for name in decays}
            yield from _rows.with_others(step, others, only=optimizer.state)


_ALWAYS = ("beta_1", "beta_2", "rho")
