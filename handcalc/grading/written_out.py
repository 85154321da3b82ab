"""A formula of one answer with steps before it made otherwise, through what is blank between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from handcalc.formula import Formula, leaves, substitute
from handcalc.grading.step import MOST_PARTS, Step
from handcalc.network import Ref

Other = Callable[[Ref, Ref | None], Formula | None]
"""Another formula for a step that is met in the formula of a second one; None to leave it as it is."""
MOST_BEHIND = 100
"""Values that nobody has typed, one behind the other."""
MOST_MET = 1000
"""Values that are looked at on all ways together."""


@dataclass(frozen=True, slots=True)
class Part:
    """A formula on the way, how many parts it has, and whether something in it is made otherwise."""

    formula: Formula
    size: int = 1
    changed: bool = False


class WrittenOut:
    """One account of what somebody did: what is typed ends the way, unless it is made otherwise too."""

    def __init__(self, step: Step, other: Other) -> None:
        self.step, self.other = step, other
        self._made: dict[tuple[Ref, Ref | None], Part] = {}

    def formula(self, formula: Formula) -> Formula | None:
        """A formula of the step with the others in it; None where none is met, or it would be too long."""
        found = self._within(formula, self.step.ref, 0)
        whole = len(self._made) < MOST_MET and found.size <= MOST_PARTS
        return found.formula if found.changed and whole else None

    def _within(self, formula: Formula, inside: Ref, depth: int) -> Part:
        ref = self.step.steps.ref
        parts = {leaf: self._of(ref(leaf), inside, depth) for leaf in leaves(formula)}
        if not any(part.changed for part in parts.values()):
            return Part(formula)
        size = sum(parts[leaf].size for leaf in islice(leaves(formula), MOST_PARTS + 1))
        return Part(substitute(formula, lambda leaf: parts[leaf].formula), size, changed=True)

    def _of(self, ref: Ref, inside: Ref, depth: int) -> Part:
        if (ref, inside) not in self._made:
            leaf = Part(self.step.steps.leaf(ref))
            self._made[ref, inside] = leaf
            if depth < MOST_BEHIND and len(self._made) < MOST_MET:
                made = self._behind(ref, inside, depth)
                self._made[ref, inside] = made if made.changed else leaf
        return self._made[ref, inside]

    def _behind(self, ref: Ref, inside: Ref, depth: int) -> Part:
        """What a step is made of, as far as it was blank."""
        other = self.other(ref, inside)
        if other is not None:
            return replace(self._within(other, ref, depth + 1), changed=True)
        formula = None if ref in self.step.on_sheet else self.step.steps.formula(ref)
        leaf = Part(self.step.steps.leaf(ref))
        return leaf if formula is None else self._within(formula, ref, depth + 1)
