"""The last probability as what the others leave of 1."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula, Negative, number, total
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element
from handcalc.operations._along import Along


class OneMinusTheOthers(Mistake):
    """p_n = 1 - p_1 - … - p_(n-1), from others that are wrong or coarse, in place of its own quotient."""

    said: ClassVar[str] = "the last probability was taken as 1 minus the others"

    def formulas(self, step: Step) -> Iterator[Formula]:
        ref, own = step.ref, step.operation
        if not isinstance(ref, Element) or not isinstance(own, Along):
            return
        row = own.row(ref.index, step.steps.network.quantities[ref.quantity].shape)
        if 1 < len(row) <= _activations.MOST_SHARES and ref.index == row[-1]:
            others = (step.steps.leaf(replace(ref, index=index)) for index in row[:-1])
            yield total((number(1), *map(Negative, others)))
