"""z and 1 - z exchanged: what keeps the old state weighs the candidate."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Leaf, Negative, Sum, number
from handcalc.formula.walk import parts
from handcalc.grading.mistakes import _uses
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element


class UpdateGateTurned(Mistake):
    """h = z·n + (1 - z)·h in place of (1 - z)·n + z·h; both conventions are taught, the file says which is meant."""

    said: ClassVar[str] = "z and 1 - z were exchanged"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _uses.through_time(step):
            return

        def other(used: Element, made: Element) -> Formula | None:
            if not _uses.is_gate(step, used) or not _uses.is_state(step, made):
                return None
            own, formula = step.steps.leaf(used), step.steps.formula(made)
            turned = formula is not None and _has_complement(formula, own)
            return 1 - own if turned else None

        yield from _uses.with_others(step, other)


def _has_complement(formula: Formula, leaf: Leaf) -> bool:
    """Does 1 - z stand in it?"""
    own = isinstance(formula, Sum) and tuple(formula.terms) == (number(1), Negative(leaf))
    return own or any(_has_complement(part, leaf) for part in parts(formula))
