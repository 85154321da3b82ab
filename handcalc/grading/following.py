"""What follows from a student's own numbers, in each way in which a person goes on.

A number that is typed goes on as it was typed; a step that is not is worked out from those before it and
rounded on scratch paper. Who has ∂E/∂z on paper goes on with it, who has not multiplies all factors; and a
number that was only copied out wrong goes no further.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula, Number, Partial, Symbol, leaves
from handcalc.grading.box import MOST_UNITS, Box, agrees, allowed, typed
from handcalc.grading.carrying import carried
from handcalc.grading.column import Column
from handcalc.grading.habit import Habit
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


LOST = 0.05
"""Of a value: where right numbers before it leave more than this open, digits were lost on the way to it."""


class Way(Enum):
    """How somebody goes on where a step is blank, or an answer wrong."""

    NEAREST = "from the answers before it"
    CHAIN = "along the whole chain"
    MENDED = "if a wrong answer before it was only copied out wrong"


@dataclass(frozen=True, slots=True)
class Account:
    """One way to a step: the formula, and what it gives."""

    way: Way
    route: Formula
    box: Box


@dataclass
class Following:
    """The verdicts of some students on what is not the key; `right` says what is."""

    scheme: Scheme
    columns: Mapping[Ref, Column]
    right: Mapping[Ref, "Array"]
    students: int
    ways: tuple[Way, ...] = tuple(Way)
    strict: bool = False
    excused: Mapping[Ref, "Array"] = field(default_factory=dict)
    """Whose wrong 0 or 1 is what a wrong formula gives."""
    habits: Sequence[Habit] = ()
    """Mistakes that blank steps are taken with."""
    judged: dict[Ref, Judged] = field(default_factory=dict)
    boxes: dict[Ref, tuple[Box, ...]] = field(default_factory=dict)
    """What each student goes on with, in each of the ways."""
    _emptied: dict[Ref, "Array"] = field(default_factory=dict)
    """For whom a step is 0 or 1 because of a wrong 0 or 1 before it."""

    def mark(self, steps: Iterable[Step]) -> None:
        """Judge every step, each after those that it needs."""
        for ref in self.scheme.order(steps):
            self._visit(ref)

    def box(self, ref: Ref) -> Box:
        """What the students go on with behind a step."""
        if ref not in self.boxes:
            for other in self.scheme.order([self.scheme.step(ref)]):
                self._visit(other)
        return self.boxes[ref][0]

    def accounts(self, step: Step) -> Iterator[Account]:
        """The ways to a step that differ for anybody."""
        known = set()
        for place, way in enumerate(self.ways):
            for number, route in enumerate(reversed(step.routes)):
                behind = self._behind(route, place)
                same = (number, *(id(box) for box in behind.values()))
                if same not in known:
                    known.add(same)
                    yield Account(way, route, _filled(carried(route, behind), self.students))

    def _behind(self, route: Formula, place: int) -> dict[Any, Box]:
        ref = self.scheme.steps.ref
        return {leaf: self.boxes[ref(leaf)][place] for leaf in dict.fromkeys(leaves(route))}

    def _visit(self, ref: Ref) -> None:
        """Fill in what the students go on with behind a step."""
        import numpy as np

        if ref in self.boxes:
            return
        step = self.scheme.step(ref)
        if step.formula is None:
            given = np.broadcast_to(np.float64(self.scheme.steps.exact(ref)), self.students)
            self.boxes[ref] = (Box.point(given),) * len(self.ways)
            self._emptied[ref] = np.zeros(self.students, bool)
            return
        emptied = self._any(self._emptied, step.routes)
        column = self.columns.get(ref)
        if column is None:
            self.boxes[ref] = tuple(self._unwritten(step))
            self._take_with_mistakes(step, np.ones(self.students, bool))
            self._emptied[ref] = emptied & _is_bare(self.boxes[ref][0].value)
            return
        judged = self._judge(step, column, emptied)
        self.judged[ref] = judged
        self._take_with_mistakes(step, ~column.given)
        bare = _is_bare(column.value)
        begins = (judged.verdict == Verdict.WRONG) & bare
        begins &= ~self.excused.get(ref, np.zeros(self.students, bool))
        # With a rule of right and wrong outputs 0 and 1 are numbers like others.
        begins &= self.scheme.problem.rule is None
        still = emptied & bare & (judged.verdict != Verdict.RIGHT)
        blank = emptied & _is_bare(judged.follow) & ~(column.given & ~column.unreadable)
        self._emptied[ref] = begins | still | blank

    def _unwritten(self, step: Step) -> Iterator[Box]:
        """What a step that is not on the sheet gives, rounded on scratch paper, in each of the ways."""
        known: dict[tuple[int, ...], Box] = {}
        for place, way in enumerate(self.ways):
            number = 0 if way == Way.CHAIN else len(step.routes) - 1
            route = step.routes[number]
            behind = self._behind(route, place)
            same = (number, *(id(box) for box in behind.values()))
            if same not in known:
                box = _filled(carried(route, behind), self.students)
                # A step that only names another is not written down again.
                names_another = isinstance(route, Symbol | Partial | Number)
                known[same] = box if names_another else self._scratch(step, box)
            yield known[same]

    def _take_with_mistakes(self, step: Step, blank: "Array") -> None:
        """What a blank step gives to those who make a mistake in every step of training."""
        for habit in self.habits:
            students = habit.students & blank
            formula = habit.formula(step) if students.any() else None
            if formula is not None:
                for leaf in leaves(formula):
                    self.box(self.scheme.steps.ref(leaf))
                self.boxes[step.ref] = tuple(
                    self._scratch(
                        step, _filled(carried(formula, self._behind(formula, place)), self.students)
                    ).where(students, box)
                    for place, box in enumerate(self.boxes[step.ref])
                )

    def _scratch(self, step: Step, box: Box) -> Box:
        """With the last digit on scratch paper: as many as are asked for, or as the student writes elsewhere."""
        import numpy as np

        unit = 10.0 ** -np.maximum(step.decimals, self._usual_decimals)
        return box.written(unit, truncation=self.scheme.truncation)

    @cached_property
    def _usual_decimals(self) -> "Array":
        """How many decimals three quarters of a student's numbers do not exceed."""
        import numpy as np

        columns = [c for c in self.columns.values() if c.given.any()]
        if not columns:
            return np.zeros(self.students)
        decimals = np.array(
            [np.where(c.given & ~c.unreadable & (c.unit > 0), c.decimals, -1) for c in columns]
        )
        order = np.sort(decimals, axis=0)
        place = len(columns) - 1 - (decimals >= 0).sum(axis=0) // 4
        return np.maximum(np.take_along_axis(order, place[None, :], axis=0)[0], 0)

    def _judge(self, step: Step, column: Column, emptied: "Array") -> Judged:
        import numpy as np

        cut, value, right = self.scheme.truncation, column.value, self.right[step.ref]
        given = column.given & ~column.unreadable
        key, unit, asked = self.scheme.steps.exact(step.ref), step.unit(column.unit), step.asked
        none = np.full(self.students, np.nan)
        follow, low, high = Box.point(none), none, none
        agreed = np.zeros(self.students, bool)
        own: dict[Way, Box] = {}
        with np.errstate(all="ignore"):
            for number, account in enumerate(self.accounts(step)):
                own.setdefault(account.way, account.box)
                down, up = allowed(account.box, unit, truncation=cut)
                fits = (value >= down) & (value <= up)
                # The first way that agrees, else the nearest answers before it.
                better = fits & ~agreed if number else np.ones(self.students, bool)
                follow = account.box.where(better, follow)
                low, high = np.where(better, down, low), np.where(better, up, high)
                agreed |= fits
            exactly = np.abs(value - follow.value) <= 1e-12 * np.maximum(np.abs(follow.value), 1)
            close = agrees(Box.point(follow.value), value, unit, truncation=cut)
            vague = agreed & ~close & ~follow.narrow(asked, key)
            lost, far = self._lost(step, value, follow)
            agreed, vague = agreed & (close | ~far), vague | (agreed & lost & ~close & ~far)
            vague &= agreed
            trivial = agreed & emptied & _is_bare(follow.value) & (value == follow.value)
            # A bare 0 is near every small number; 0.0 has a digit.
            digits = (value != 0) | (column.decimals > 0)
            coarse = (column.unit > asked) & digits & ~agreed
            at_typed = np.where(coarse, column.unit, asked)
            rough = agrees(Box.point(follow.value), value, at_typed, truncation=cut)
            rough |= agrees(Box.point(np.full(self.students, key)), value, at_typed, truncation=cut)
        if self.strict:
            agreed = vague = trivial = np.zeros(self.students, bool)
        verdict = np.where(agreed, Verdict.FOLLOWS, Verdict.WRONG).astype(np.int8)
        why = np.zeros(self.students, np.int8)
        _set(verdict, why, vague, Why.VAGUE)
        _set(verdict, why, trivial, Why.TRIVIAL)
        _set(verdict, why, coarse & rough, Why.COARSE)
        _set(verdict, why, ~np.isfinite(follow.value) & ~agreed, Why.NO_VALUE)
        if self.scheme.zeros:
            short = (column.unit > asked) & agreed & ~exactly
            verdict[short], why[short] = Verdict.WRONG, Why.ZEROS
        verdict[right], why[right] = Verdict.RIGHT, Why.NOTHING
        _set(verdict, why, column.unreadable, Why.UNREADABLE)
        verdict[~column.given], why[~column.given] = Verdict.BLANK, Why.NOTHING
        # Who typed exactly what comes out goes on with that; others with some number behind the digits.
        point = (np.abs(value - key) <= 1e-12 * max(abs(key), 1)) | (column.unit == 0)
        point |= exactly & (follow.low == follow.high)
        # Where a whole number is right, another one has no digits behind it either.
        point |= (column.decimals <= 0) & float(key).is_integer()
        behind = typed(
            value, np.where(point, 0.0, self._last(column, asked, right | agreed)), truncation=cut
        )
        wrong = verdict == Verdict.WRONG
        # A way that does not differ for anybody is the first one.
        usual = next(iter(own.values()))
        scratch = [self._scratch(step, own.get(way, usual)) for way in self.ways]
        self.boxes[step.ref] = tuple(
            behind.where(given & ~(wrong & (way == Way.MENDED)), box)
            if not given.all() or (way == Way.MENDED and (given & wrong).any())
            else behind
            for way, box in zip(self.ways, scratch, strict=True)
        )
        return Judged(verdict, why, low, high, follow.value, *np.zeros((2, self.students), bool))

    def _lost(self, step: Step, value: "Array", follow: Box) -> "tuple[Array, Array]":
        """For whom too many digits are lost on the way to tell, and for whom one can tell all the same.

        Behind right numbers stand the digits of the key, or none: what comes out lies between both.
        """
        import numpy as np

        key, asked = self.scheme.steps.exact(step.ref), step.asked
        lost = self._known(step) & ~follow.narrow(asked, key, LOST)
        room = np.maximum(MOST_UNITS * asked, LOST * (follow.high - follow.low))
        below = value < np.minimum(follow.value, key) - room
        above = value > np.maximum(follow.value, key) + room
        return lost, lost & (below | above)

    def _known(self, step: Step) -> "Array":
        """For whom all that a step is made of is given, or typed and right."""
        import numpy as np

        known = np.ones(self.students, bool)
        for ref in {self.scheme.steps.ref(leaf) for leaf in leaves(step.routes[0])}:
            if self.scheme.step(ref).formula is not None:
                known &= self.right.get(ref, np.zeros(self.students, bool))
        return known

    def _last(self, column: Column, asked: float, agrees_padded: "Array") -> "Array":
        """The unit of the last digit that was meant: zeros that are left out are digits too, and so is a whole number."""
        import numpy as np

        meant = agrees_padded | (column.decimals <= 0)
        last: Array = np.where(meant, np.minimum(column.unit, asked), column.unit)
        return last

    def _any(self, rows: Mapping[Ref, "Array"], routes: Iterable[Formula]) -> "Array":
        """For whom something holds in any of the steps before one."""
        import numpy as np

        before = {self.scheme.steps.ref(leaf) for route in routes for leaf in leaves(route)}
        return np.any([np.zeros(self.students, bool), *(rows[ref] for ref in before)], axis=0)


def _is_bare(value: "Array") -> "Array":
    """0, 1 or -1: who guesses one everywhere multiplies it through."""
    bare: Array = (value == 0) | (abs(value) == 1)
    return bare


def _filled(box: Box, students: int) -> Box:
    """One value a student, for formulas of given numbers alone too."""
    import numpy as np

    return Box(
        *(np.broadcast_to(a, students).astype(float) for a in (box.value, box.low, box.high))
    )


def _set(verdict: "Array", why: "Array", rows: "Array", reason: Why) -> None:
    verdict[rows] = Verdict.UNDECIDED
    why[rows] = reason
