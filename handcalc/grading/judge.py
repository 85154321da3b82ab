"""The verdicts on numbers, step by step, for all students at once.

Every step is worked out from each student's own earlier numbers. Right is what agrees with the key to
the digits typed, or with the key's own rounding; follows is what the student's numbers give; the rest is
wrong, and the mistakes are tried on it, each as another formula of the same numbers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula, Number, Partial, Symbol, leaves
from handcalc.grading.box import Box, agrees, carried, typed
from handcalc.grading.diagnosis import choose, diagnose
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import Column, Judged, Verdict, Why
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


@dataclass
class Judge:
    """Marks the numbers of a scheme; `columns` holds what was typed for each step."""

    scheme: Scheme
    columns: Mapping[Ref, Column]
    students: int
    strict: bool = False
    diagnose: bool = True
    judged: dict[Ref, Judged] = field(default_factory=dict)
    own: dict[Ref, Box] = field(default_factory=dict)
    meant: dict[Ref, Box] = field(default_factory=dict)
    """The same, with the key in place of numbers that are wrong: a slip in copying out goes no further."""
    mended: dict[Ref, "Array"] = field(default_factory=dict)
    """For whom these two differ."""
    spoilt: dict[Ref, "Array"] = field(default_factory=dict)
    """Who goes on with a number that is wrong without a mistake that would explain it."""

    def mark(self, steps: list[Step]) -> None:
        """Judge every step, in an order in which each comes after those that it needs."""
        by_ref = {step.ref: step for step in steps}
        for ref in self.scheme.order(steps):
            self._visit(ref, by_ref)
        choose(self.judged.values(), self.students)

    def _visit(self, ref: Ref, by_ref: Mapping[Ref, Step]) -> None:
        """Fill in what a student goes on with behind a step."""
        import numpy as np

        if ref in self.own:
            return
        steps = self.scheme.steps
        formula = steps.formula(ref)
        if formula is None:
            value = np.broadcast_to(np.float64(steps.exact(ref)), self.students)
            self.own[ref] = self.meant[ref] = Box.point(value)
            self.spoilt[ref] = self.mended[ref] = np.zeros(self.students, bool)
            return
        spoilt, mended = self._any(self.spoilt, [formula]), self._any(self.mended, [formula])
        column = self.columns.get(ref)
        if column is None:
            self.own[ref] = self._unwritten(ref, formula, self.follow(formula))
            self.meant[ref] = self.own[ref]
            if mended.any():
                self.meant[ref] = self._unwritten(ref, formula, self.follow(formula, self.meant))
            self.spoilt[ref], self.mended[ref] = spoilt, mended
            return
        step = by_ref.get(ref) or self.scheme.step(ref)
        judged, self.own[ref] = self._judge(step, formula, column, spoilt)
        self.judged[ref] = judged
        self.meant[ref] = self.own[ref]
        self.mended[ref] = wrong = judged.verdict == Verdict.WRONG
        if wrong.any():
            key = Box.point(np.full(self.students, next(self._keys(step))))
            self.meant[ref] = self._unwritten(ref, formula, key).where(wrong, self.own[ref])
        # With weights that are used again, what a mistake takes for the new ones can lead back here.
        self.spoilt[ref] = spoilt
        if self.diagnose:
            diagnose(self, step, judged)
        unexplained = (judged.verdict == Verdict.WRONG) & ~judged.explained
        unexplained |= judged.verdict == Verdict.UNDECIDED
        self.spoilt[ref] = unexplained | (spoilt & (judged.verdict != Verdict.RIGHT))

    def follow(self, formula: Formula, numbers: Mapping[Ref, Box] | None = None) -> Box:
        """What a formula gives from the students' own numbers."""
        behind = self.own if numbers is None else numbers
        boxes = {leaf: behind[self.scheme.steps.ref(leaf)] for leaf in leaves(formula)}
        return _filled(carried(formula, boxes), self.students)

    def _unwritten(self, ref: Ref, formula: Formula, follow: Box) -> Box:
        """A step that is not on the sheet is rounded on scratch paper, unless it only names another."""
        if isinstance(formula, Symbol | Partial | Number):
            return follow
        asked = self.scheme.decimals(self.scheme.steps.key(ref))
        return follow.written(self._scratch(asked), truncation=self.scheme.truncation)

    def _scratch(self, asked: int) -> "Array":
        """The last digit on scratch paper: as many as are asked for, or as the student writes elsewhere."""
        import numpy as np

        unit: Array = 10.0 ** -np.maximum(asked, self._usual_decimals)
        return unit

    @cached_property
    def _usual_decimals(self) -> "Array":
        """How many decimals three quarters of a student's numbers do not exceed."""
        import numpy as np

        columns = [c for c in self.columns.values() if c.given.any()]
        if not columns:
            return np.zeros(self.students)
        typed = np.array(
            [np.where(c.given & ~c.unreadable & (c.unit > 0), c.decimals, -1) for c in columns]
        )
        order = np.sort(typed, axis=0)
        many = (typed >= 0).sum(axis=0)
        place = len(columns) - 1 - many // 4
        return np.maximum(np.take_along_axis(order, place[None, :], axis=0)[0], 0)

    def _judge(
        self, step: Step, formula: Formula, column: Column, spoilt: "Array"
    ) -> tuple[Judged, Box]:
        import numpy as np

        cut = self.scheme.truncation
        value, unit, given = column.value, column.unit, column.given & ~column.unreadable
        follow, *ways = map(self.follow, step.routes)
        for way in ways:
            # Each student is held against the way that agrees, else the one that comes nearest.
            with np.errstate(all="ignore"):
                here, there = (agrees(w, value, unit, truncation=cut) for w in (way, follow))
                nearer = np.abs(value - way.value) < np.abs(value - follow.value)
            follow = way.where((here & ~there) | (nearer & (here == there)), follow)
        with np.errstate(all="ignore"):
            keys = list(self._keys(step))
            near = np.zeros(self.students, bool)
            whole = np.zeros(self.students, bool)
            for key in keys:
                near |= agrees(Box.point(np.asarray(key)), value, unit, truncation=cut)
                # What full precision leaves of 0 is 0: -2.8e-17.
                whole |= np.abs(value - key) <= 1e-12 * np.maximum(np.abs(key), 1)
            near |= whole
            mended = self._any(self.mended, step.routes)
            for route in step.routes if mended.any() and not self.strict else ():
                meant = self.follow(route, self.meant)
                near |= mended & agrees(meant, value, unit, truncation=cut)
            from_own = agrees(follow, value, unit, truncation=cut)
            # Fewer digits than asked must at least be those of the very number.
            point = near | agrees(Box.point(follow.value), value, unit, truncation=cut)
            own_value = np.abs(value - follow.value) <= 1e-12 * np.maximum(np.abs(follow.value), 1)
            fine = (column.decimals >= step.decimals) | (unit == 0) | whole | own_value
            finite = np.isfinite(follow.value)
            # Between the bounds of what the student's numbers give lies the key too: only rounding.
            only_rounding = from_own & (follow.low <= keys[0]) & (keys[0] <= follow.high)
            if self.strict:
                from_own &= False
                only_rounding &= False
            trivial = from_own & ~near & spoilt & (follow.value == 0) & (keys[0] != 0)
            vague = from_own & ~point & ~follow.narrow(step.decimals, keys[0])
        verdict = np.full(self.students, Verdict.WRONG, np.int8)
        why = np.zeros(self.students, np.int8)
        verdict[from_own] = Verdict.FOLLOWS
        verdict[near | only_rounding] = Verdict.RIGHT
        _set(verdict, why, vague, Why.VAGUE)
        _set(verdict, why, trivial, Why.TRIVIAL)
        verdict[~fine] = Verdict.WRONG
        _set(verdict, why, point & ~fine & (value != 0), Why.COARSE)
        _set(verdict, why, ~finite & ~near & given, Why.NO_VALUE)
        _set(verdict, why, column.unreadable, Why.UNREADABLE)
        verdict[~column.given] = Verdict.BLANK
        why[~column.given] = Why.NOTHING
        judged = Judged(verdict, np.full(self.students, -1, np.int16), why, follow)
        # Who typed exactly what comes out goes on with that; others with some number behind the digits.
        key_exactly = np.abs(value - keys[0]) <= 1e-12 * max(abs(keys[0]), 1)
        exactly = key_exactly | (own_value & (follow.low == follow.high)) | (unit == 0)
        behind = typed(value, np.where(exactly, 0.0, unit), truncation=cut)
        return judged, behind.where(given, self._unwritten(step.ref, formula, follow))

    def _any(self, rows: Mapping[Ref, "Array"], routes: Iterable[Formula]) -> "Array":
        """For whom something holds in any of the steps before one."""
        import numpy as np

        before = {self.scheme.steps.ref(leaf) for route in routes for leaf in leaves(route)}
        return np.any([np.zeros(self.students, bool), *(rows[ref] for ref in before)], axis=0)

    def _keys(self, step: Step) -> Iterator[float]:
        """What is right: the value at full precision, and the one worked by hand."""
        yield self.scheme.steps.exact(step.ref)
        if self.scheme.steps.policy.carries:
            yield float(self.scheme.steps.by_hand(step.ref).value)

    @cached_property
    def has_blank(self) -> "Array":
        """Who has left an answer blank."""
        import numpy as np

        none = np.zeros(self.students, bool)
        return np.any([none, *(~c.given for c in self.columns.values())], axis=0)

    def carried(self, formula: Formula, rows: "Array") -> Box:
        """What a formula gives from the numbers of some students."""
        refs = {leaf: self.scheme.steps.ref(leaf) for leaf in leaves(formula)}
        for ref in refs.values():
            if ref not in self.own:
                for other in self.scheme.order([self.scheme.step(ref)]):
                    self._visit(other, {})
        boxes = {leaf: self.own[ref].of(rows) for leaf, ref in refs.items()}
        return _filled(carried(formula, boxes), rows.size)


def _filled(box: Box, students: int) -> Box:
    """One value a student, for formulas of given numbers alone too."""
    import numpy as np

    return Box(
        *(np.broadcast_to(a, students).astype(float) for a in (box.value, box.low, box.high))
    )


def _set(verdict: "Array", why: "Array", rows: "Array", reason: Why) -> None:
    verdict[rows] = Verdict.UNDECIDED
    why[rows] = reason
