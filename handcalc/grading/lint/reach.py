"""What is tried of a problem: as many cells, and formulas as long, as can be worked out in seconds."""

from collections.abc import Iterator
from itertools import islice

from handcalc.errors import listed
from handcalc.formula import is_long, leaves
from handcalc.grading.scheme import Asked, Scheme
from handcalc.grading.step import Step
from handcalc.network import Ref

MOST_CELLS = 100
"""Cells of one matrix that are tried; the others are of the same kind."""
MOST_LEAVES = 400
"""Numbers in one formula: to carry the rounding of each takes the square of that."""
MOST_WORK = 3_000_000
"""The squares of all formulas together."""


class Tried:
    """The answers in numbers that are tried, and a sentence on those that are not."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._heavy: dict[Ref, bool] = {}
        self._sizes: dict[Ref, int] = {}
        self._work = 0
        self.answers: list[Asked] = []
        self.untried: list[str] = []
        cut, left = 0, []
        for answer in scheme.answers.values():
            # Spread over the matrix: its first cells may be a corner in which all is alike.
            steps = answer.steps[:: -(-len(answer.steps) // MOST_CELLS)]
            light = tuple(step for step in steps if not self._is_heavy(step))
            cut += len(answer.steps) - len(steps)
            if light:
                share = answer.marks * len(light) / len(steps)
                self.answers.append(Asked(answer.key, answer.shape, light, share))
            if len(light) < len(steps):
                left.append(answer.key)
        if cut:
            more = f"{cut:,} more {'is' if cut == 1 else 'are'} of the same kind"
            self.untried.append(f"Of each matrix up to {MOST_CELLS} cells are tried; {more}.")
        if left:
            self.untried.append(f"Too large to be tried: {listed(left, 8)}.")

    @property
    def steps(self) -> list[Step]:
        """All of them."""
        return [step for answer in self.answers for step in answer.steps]

    def _is_heavy(self, step: Step) -> bool:
        """Is a formula on the way to a step too long, or are they too many?"""
        for ref, size in self._behind(step.ref):
            behind = (self._heavy.get(other, False) for other in self._before(ref))
            self._work += size**2 if size <= MOST_LEAVES else 0
            self._heavy[ref] = size > MOST_LEAVES or self._work > MOST_WORK or any(behind)
        return self._heavy[step.ref]

    def _behind(self, ref: Ref) -> Iterator[tuple[Ref, int]]:
        """The steps that lead to one and were not met before, each after those that it needs."""
        waiting = [(ref, False)]
        met: set[Ref] = set()
        while waiting:
            at, ready = waiting.pop()
            if ready:
                yield at, self._size(at)
            elif at not in met and at not in self._heavy:
                met.add(at)
                waiting.append((at, True))
                waiting += [(other, False) for other in self._before(at)]

    def _size(self, ref: Ref) -> int:
        """How many numbers stand in a formula; one more than the most of one that is too long."""
        if ref not in self._sizes:
            formula, most = self.scheme.steps.formula(ref), MOST_LEAVES + 1
            long = formula is not None and is_long(formula)
            some = () if formula is None or long else islice(leaves(formula), most)
            self._sizes[ref] = most if long else sum(1 for _ in some)
        return self._sizes[ref]

    def _before(self, ref: Ref) -> list[Ref]:
        """The steps that a formula names; none of one that is too long."""
        formula = self.scheme.steps.formula(ref)
        if formula is None or self._size(ref) > MOST_LEAVES:
            return []
        return [self.scheme.steps.ref(leaf) for leaf in dict.fromkeys(leaves(formula))]
