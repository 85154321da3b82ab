"""The momentum of running statistics, and what it leaves of 1, exchanged."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Number
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations.linear_combination import LinearCombination


class MomentumTurned(Mistake):
    """(1 - m)·old + m·new in place of m·old + (1 - m)·new; frameworks mean different ones by m."""

    said: ClassVar[str] = "the shares of the running value and of the batch were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        def other(ref: Ref, _: Ref) -> Formula | None:
            own = step.maker(ref) if step.word(ref).startswith("moving_") else None
            if not isinstance(own, LinearCombination) or not isinstance(ref, Element):
                return None
            kept, share = (constant.value for constant in own.constants)
            if kept in (0, 1):
                return None
            node = step.steps.network.producer(ref.quantity)
            old, new = (x[ref.index] for x in step.steps.inputs_of(node, ref.sample))
            # The share of a variance may hold n/(n - 1), too.
            return Number(1 - kept) * old + Number(share * kept / (1 - kept)) * new

        yield from step.rewritten(other)
