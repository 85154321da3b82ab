"""β1 and β2 exchanged."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class DecayRatesExchanged(Mistake):
    """m = β2·m_old + (1 - β2)·g in place of β1·m_old + (1 - β1)·g."""

    said: ClassVar[str] = "β1 and β2 were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if {"beta_1", "beta_2"} <= step.steps.network.quantities.keys():
            one, two = (step.steps.leaf(Element(name)) for name in ("beta_1", "beta_2"))
            yield from _rows.with_others(step, {"beta_1": two, "beta_2": one})
