"""The wrong numbers of a step beside what a mistake gives: whose they are, and how wide it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from handcalc.formula import Formula, leaves
from handcalc.grading.box import Box, allowed
from handcalc.grading.carrying import carried, evaluated
from handcalc.grading.chance import GUESS
from handcalc.grading.column import Column
from handcalc.grading.following import Following
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Tried(NamedTuple):
    """For whom a mistake gives the number, for whom it would show, and how many numbers it gives."""

    gives: "Array"
    shows: "Array"
    many: "Array"


@dataclass
class Trying:
    """The wrong numbers of some students in one step."""

    following: Following
    step: Step
    rows: "Array"

    @cached_property
    def column(self) -> Column:
        """What they typed."""
        return self.following.columns[self.step.ref].of(self.rows)

    @cached_property
    def right(self) -> "tuple[float, Array]":
        """The key, and what comes out of their own numbers."""
        key = self.following.scheme.steps.exact(self.step.ref)
        return key, self.following.judged[self.step.ref].follow[self.rows]

    @cached_property
    def last(self) -> "Array":
        """The unit of the last digit: a number with fewer digits than asked for is one of fewer numbers."""
        import numpy as np

        last = np.where(self.column.unit > 0, self.column.unit, self.step.asked)
        whole: Array = np.where(self.column.decimals <= 0, 1.0, last)
        return whole

    @cached_property
    def size(self) -> "Array":
        """The largest of what is typed and what is right."""
        import numpy as np

        key, follow = self.right
        largest: Array = np.maximum(np.abs(self.column.value), abs(key))
        return np.maximum(largest, np.abs(np.nan_to_num(follow)))

    @property
    def every(self) -> "Array":
        """N = 2·size/last + 1: how many numbers there are of this size."""
        every: Array = 2 * self.size / self.last + 1
        return every

    def all_of(self, mistake: Mistake, formulas: Sequence[Formula]) -> Tried:
        """One mistake in all its forms."""
        import numpy as np

        nobody = np.zeros(self.rows.size, bool)
        gives, shows, many = nobody, nobody, np.zeros(self.rows.size)
        for tried in (*map(self.by_formula, formulas), *self.by_slips(mistake)):
            gives, shows, many = gives | tried.gives, shows | tried.shows, many + tried.many
        return Tried(gives, shows, np.where(shows, np.maximum(many, 1.0), 0.0))

    def by_formula(self, formula: Formula) -> Tried:
        """What a wrong formula gives with their own numbers."""
        import numpy as np

        ref, value = self.following.scheme.steps.ref, self.column.value
        unit = self.step.unit(self.column.unit)
        own = {leaf: self.following.box(ref(leaf)).of(self.rows) for leaf in set(leaves(formula))}
        with np.errstate(all="ignore"):
            middle = np.asarray(evaluated(formula, lambda leaf: own[leaf].value), float)
            middle = np.broadcast_to(middle, self.rows.size)
            # What cannot be told from what is right is no mistake here.
            shows = np.isfinite(middle)
            for other in self.right:
                shows = shows & ~(np.abs(middle - other) <= 0.5 * unit)
            near = shows & (np.abs(middle - value) <= GUESS * self.size + 2 * unit)
            gives, width = np.zeros(self.rows.size, bool), np.where(shows, 1.5 * unit, 0.0)
            some = np.flatnonzero(near)
            if some.size:
                box = carried(formula, {leaf: box.of(some) for leaf, box in own.items()})
                held = unit[some] if isinstance(unit, np.ndarray) else unit
                low, high = self._allowed(box, held)
                gives[some] = (value[some] >= low) & (value[some] <= high)
                width[some] = np.broadcast_to(high - low, some.size)
        return Tried(gives, shows, width / self.last)

    def _allowed(self, box: Box, unit: Any) -> "tuple[Array, Array]":
        return allowed(box, unit, truncation=self.following.scheme.truncation)

    def by_slips(self, mistake: Mistake) -> Iterator[Tried]:
        """The very digits that were asked for, written wrong."""
        import numpy as np

        judged, value = self.following.judged[self.step.ref], self.column.value
        low, high = judged.low[self.rows], judged.high[self.rows]
        for meant in mistake.meant(value, self.column.decimals):
            shows = np.isfinite(meant) & (meant != value) & (self.column.unit <= self.step.asked)
            # Digits further in front leave room for more numbers, as far as there are any of this size.
            with np.errstate(all="ignore"):
                stretch = np.where(shows & (meant != 0), np.abs(value / meant), 0.0)
                there = np.abs(self.right[1]) * stretch <= self.size * 1.001
                room = np.where(there, (high - low) * stretch / self.last, 0.0)
            gives = shows & (low <= meant) & (meant <= high)
            yield Tried(gives, shows, np.where(shows, np.maximum(np.nan_to_num(room), 1.0), 0.0))
