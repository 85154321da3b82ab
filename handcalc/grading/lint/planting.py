"""Sheets that are right but for one answer, marked as students' sheets are."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from handcalc.grading import marks
from handcalc.grading.box import allowed
from handcalc.grading.column import Column, Reader
from handcalc.grading.following import Following
from handcalc.grading.judge import Judge
from handcalc.grading.scheme import Asked, Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import EARNS
from handcalc.network import Ref
from handcalc.number import fixed, round_to

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

Planted = tuple[Ref, str]
"""A step, and what is typed for it."""

NEAR_UNITS = 25
"""Units of the last digit asked for within which a number may pass; what is farther off is not marked."""
NEAR_WIDTHS = 10
"""The same in widths of what the numbers before it allow."""
MOST_DECIMALS = 12
"""More than are asked for that are ever proposed."""


class Sheets:
    """Planted sheets of one problem."""

    def __init__(self, scheme: Scheme, steps: Sequence[Step]) -> None:
        self.scheme, self.steps = scheme, {step.ref: step for step in steps}
        self.exact = {step.ref: scheme.steps.exact(step.ref) for step in steps}
        for ref, value in self.exact.items():
            if not isfinite(value):
                scheme.steps.written(ref)  # says that it has no value, and what to write
        self.right = {step.ref: typed(self.exact[step.ref], step.decimals) for step in steps}
        self._reader, self._judge = Reader(), Judge(scheme, names=False)

    @cached_property
    def following(self) -> Following:
        """What follows from the sheet on which all is right."""
        columns = self._columns({}, 1)
        judged = self._judge.mark(list(self.steps.values()), columns, 1)
        return self._judge.following(list(self.steps.values()), columns, judged)

    def _columns(self, planted: dict[Ref, dict[int, str]], rows: int) -> dict[Ref, Column]:
        columns = {}
        for ref, right in self.right.items():
            texts = [right] * rows
            for row, text in planted.get(ref, {}).items():
                texts[row] = text
            columns[ref] = self._reader.column(texts)
        return columns

    def marked(
        self, planted: Iterable[Planted], everywhere: Sequence[str], answers: Iterable[Asked]
    ) -> tuple[set[Planted], list[float]]:
        """Which planted answers would earn their marks, and what one text earns that stands everywhere."""
        import numpy as np

        every = dict.fromkeys(planted)
        passed = {(ref, text) for ref, text in every if text == self.right[ref]}
        near = [one for one in every if one not in passed and self._is_near(*one)]
        by_ref: dict[Ref, dict[int, str]] = {}
        for row, (ref, text) in enumerate(near):
            by_ref.setdefault(ref, {})[row] = text
        rows = len(near) + len(everywhere)
        for row, text in enumerate(everywhere, len(near)):
            for ref in self.right:
                by_ref.setdefault(ref, {})[row] = text
        judged = self._judge.mark(list(self.steps.values()), self._columns(by_ref, rows), rows)
        passed.update(
            (ref, text)
            for row, (ref, text) in enumerate(near)
            if int(judged[ref].verdict[row]) in EARNS
        )
        total = np.zeros(rows)
        for _, earned in marks.of(answers, judged):
            total = total + earned
        return passed, [float(one) for one in total[len(near) :]]

    def _is_near(self, ref: Ref, text: str) -> bool:
        low, high = self._span(ref)
        unit = self.steps[ref].asked
        room = NEAR_UNITS * unit + NEAR_WIDTHS * (high - low)
        return low - room <= float(text) <= high + room

    def _span(self, ref: Ref) -> tuple[float, float]:
        judged = self.following.judged[ref]
        return float(judged.low[0]), float(judged.high[0])

    def reach(self, ref: Ref) -> float:
        """How far from the right value a number may be and pass, at most."""
        step, value = self.steps[ref], self.exact[ref]
        unit = step.unit(self.following.columns[ref].unit)
        found = 0.5 * step.asked
        for account in self.following.accounts(step):
            low, high = allowed(account.box, unit, truncation=self.scheme.truncation)
            found = max(found, float(high[0]) - value, value - float(low[0]))
        return found

    def decimals(self, ref: Ref, off: float) -> int | None:
        """How many decimals tell a number that is so far off: those before it are as much finer."""
        step = self.steps[ref]
        room = self.reach(ref) + 0.5 * step.asked
        for more in range(1, MOST_DECIMALS):
            if abs(off) > room * 10.0**-more:
                return step.decimals + more
        return None


def typed(value: float, decimals: int) -> str:
    """A number with so many decimals."""
    return fixed(round_to(value, decimals), decimals)
