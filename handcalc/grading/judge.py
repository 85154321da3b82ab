"""The verdicts on numbers, for all students at once.

Right is what agrees with the key to the digits asked for, and nothing else. What does not is worked out
from the student's own numbers (`following`), and what is wrong then is held against the mistakes
(`diagnosis`). Each is done for those students alone who need it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handcalc.grading.box import Box, allowed
from handcalc.grading.column import Column
from handcalc.grading.diagnosis import Suspects, diagnose
from handcalc.grading.following import Following, Way
from handcalc.grading.habit import FORMS, Habit, habits
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


FEW = 64
"""Students up to which all ways are tried at once; of more only those are tried again who need it."""


class Judge:
    """Marks the numbers of a scheme; what is worked out once for it serves class after class."""

    def __init__(self, scheme: Scheme, *, strict: bool = False, names: bool = True) -> None:
        self.scheme, self.strict, self.names = scheme, strict, names
        self.suspects = Suspects()

    def mark(
        self, steps: Sequence[Step], columns: Mapping[Ref, Column], students: int
    ) -> dict[Ref, Judged]:
        """The verdicts on every step; `columns` holds what was typed for each."""
        import numpy as np

        with np.errstate(all="ignore"):
            return self._mark(steps, columns, students)

    def _mark(
        self, steps: Sequence[Step], columns: Mapping[Ref, Column], students: int
    ) -> dict[Ref, Judged]:
        judged = {step.ref: self._by_key(step, columns[step.ref]) for step in steps}
        # What nobody has typed is blank; it needs no judgement.
        steps = [step for step in steps if columns[step.ref].given.any()]
        columns = {step.ref: columns[step.ref] for step in steps}
        rows = self._with(judged, students, Verdict.WRONG)
        if rows.size > FEW:
            self._follow(steps, columns, judged, rows, (Way.NEAREST,))
            rows = self._with(judged, students, Verdict.WRONG, Verdict.UNDECIDED)
        if rows.size:
            following = self._follow(steps, columns, judged, rows, tuple(Way))
            if self.names and self._with(judged, students, Verdict.WRONG).size:
                diagnose(self.suspects, following, steps)
                for step in steps:
                    _name(judged[step.ref], following.judged[step.ref], rows)
                self._repeat(steps, columns, judged, following, rows)
                self._excuse(steps, columns, judged, following, rows)
        return judged

    def following(
        self,
        steps: Sequence[Step],
        columns: Mapping[Ref, Column],
        judged: Mapping[Ref, Judged],
        rows: "Array | None" = None,
        ways: tuple[Way, ...] = tuple(Way),
        excused: "Mapping[Ref, Array] | None" = None,
        habits: Sequence[Habit] = (),
    ) -> Following:
        """What follows from the numbers of some students, or of all."""
        import numpy as np

        if rows is None:
            rows = np.arange(next((one.verdict.size for one in judged.values()), 0))
        own = {ref: column.of(rows) for ref, column in columns.items()}
        right = {ref: judged[ref].verdict[rows] == Verdict.RIGHT for ref in columns}
        following = Following(
            self.scheme, own, right, rows.size, ways, self.strict, excused or {}, habits
        )
        following.mark(steps)
        return following

    def _follow(
        self,
        steps: Sequence[Step],
        columns: Mapping[Ref, Column],
        judged: dict[Ref, Judged],
        rows: "Array",
        ways: tuple[Way, ...],
    ) -> Following:
        """The same, written into the verdicts of all."""
        following = self.following(steps, columns, judged, rows, ways)
        for step in steps:
            _judge(judged[step.ref], following.judged[step.ref], rows)
        return following

    def _repeat(
        self,
        steps: Sequence[Step],
        columns: Mapping[Ref, Column],
        judged: dict[Ref, Judged],
        following: Following,
        rows: "Array",
    ) -> None:
        """Blank steps of who makes a mistake again and again have it too, where that leaves fewer answers wrong."""
        import numpy as np

        students = next(iter(judged.values())).verdict.size
        fewest = _lost(following, steps)
        for number in range(FORMS):
            made = list(habits(following, steps, number))
            if not made:
                return
            again = self.following(steps, columns, judged, rows, habits=made)
            if not (_wrong(again, steps) < _wrong(following, steps)).any():
                continue
            diagnose(self.suspects, again, steps)
            lost = _lost(again, steps)
            better = lost < fewest
            fewest[better] = lost[better]
            for step in steps if better.any() else ():
                whole, part = judged[step.ref], again.judged[step.ref]
                _judge(whole, part, rows[better], better)
                _name(whole, part, rows[better], better)
                for habit in made:
                    takes = whole.taken_with.setdefault(habit.place, np.zeros(students, bool))
                    takes[rows[better]] = habit.students[better]
            if all(better[habit.students].all() for habit in made):
                return

    def _excuse(
        self,
        steps: Sequence[Step],
        columns: Mapping[Ref, Column],
        judged: dict[Ref, Judged],
        following: Following,
        rows: "Array",
    ) -> None:
        """A wrong 0 or 1 that a wrong formula gives, again and again, is worked with like any number."""
        import numpy as np

        trivial = [one.why[rows] == Why.TRIVIAL for one in judged.values()]
        some = np.flatnonzero(np.any(trivial, axis=0))
        if not some.size:
            return
        excused = {ref: one.explained[some] for ref, one in following.judged.items()}
        again = self.following(steps, columns, judged, rows[some], excused=excused)
        for step in steps:
            part, whole = again.judged[step.ref], judged[step.ref]
            whole.verdict[rows[some]], whole.why[rows[some]] = part.verdict, part.why

    def _by_key(self, step: Step, column: Column) -> Judged:
        """Right by the key: the value at full precision, or the one worked by hand."""
        import numpy as np

        value, unit = column.value, step.unit(column.unit)
        right = np.zeros(value.size, bool)
        low = high = np.full(value.size, np.nan)
        for key in keys(self.scheme, step):
            point = Box.point(np.asarray(key))
            down, up = allowed(point, unit, truncation=self.scheme.truncation)
            fits = (value >= down) & (value <= up)
            # What full precision leaves of 0 is 0: -2.8e-17.
            fits |= np.abs(value - key) <= 1e-12 * max(abs(key), 1)
            new = np.isnan(low) | (fits & ~right)
            low, high = np.where(new, down, low), np.where(new, up, high)
            right |= fits
        # The key as the page shows it, whatever the file wants of digits elsewhere.
        written = self.scheme.steps.written(step.ref)
        right |= np.abs(value - float(written.value)) <= 1e-12
        verdict = np.where(right, Verdict.RIGHT, Verdict.WRONG).astype(np.int8)
        why = np.zeros(value.size, np.int8)
        if self.scheme.zeros:
            digits = len(written.text.partition(".")[2])
            ends = np.abs(value - self.scheme.steps.exact(step.ref)) <= 1e-12 * np.maximum(
                1, np.abs(value)
            )
            short = right & (column.unit > step.asked) & ~ends & (column.decimals < digits)
            verdict[short], why[short] = Verdict.WRONG, Why.ZEROS
        verdict[column.unreadable], why[column.unreadable] = Verdict.UNDECIDED, Why.UNREADABLE
        verdict[~column.given] = Verdict.BLANK
        follow = np.full(value.size, self.scheme.steps.exact(step.ref))
        return Judged(verdict, why, low, high, follow, *np.zeros((2, value.size), bool))

    def _with(self, judged: Mapping[Ref, Judged], students: int, *verdicts: Verdict) -> "Array":
        """The students who have one of these verdicts somewhere."""
        import numpy as np

        some = np.zeros(students, bool)
        for one in judged.values():
            for verdict in verdicts:
                some |= one.verdict == verdict
        return np.flatnonzero(some)


def keys(scheme: Scheme, step: Step) -> Iterator[float]:
    """What is right: the value at full precision, and the one worked by hand."""
    yield scheme.steps.exact(step.ref)
    if scheme.steps.policy.carries:
        yield float(scheme.steps.by_hand(step.ref).value)


def _wrong(following: Following, steps: Sequence[Step]) -> "Array":
    """How many answers of each student are wrong."""
    import numpy as np

    every = [following.judged[step.ref].verdict for step in steps]
    wrong: Array = np.sum([verdict == Verdict.WRONG for verdict in every], axis=0)
    return wrong


def _lost(following: Following, steps: Sequence[Step]) -> "Array":
    """How many answers of each student are wrong in a way of their own."""
    import numpy as np

    every = [following.judged[step.ref] for step in steps]
    lost: Array = np.sum([(one.verdict == Verdict.WRONG) & ~one.again for one in every], axis=0)
    return lost


def _judge(whole: Judged, part: Judged, rows: "Array", some: "Array | slice" = slice(None)) -> None:
    """The verdicts on some students, among those on all; what is right keeps its interval."""
    import numpy as np

    keeps = part.verdict[some] == Verdict.RIGHT
    for name in ("verdict", "why", "follow"):
        getattr(whole, name)[rows] = getattr(part, name)[some]
    for name in ("low", "high"):
        ends = getattr(whole, name)
        ends[rows] = np.where(keeps, ends[rows], getattr(part, name)[some])


def _name(whole: Judged, part: Judged, rows: "Array", some: "Array | slice" = slice(None)) -> None:
    """The names found for some students, among those of all."""
    import numpy as np

    for word in ("names", "guesses"):
        of_all = getattr(whole, word)
        for one in of_all.values():
            one[rows] = False
        for place, named in getattr(part, word).items():
            of_all.setdefault(place, np.zeros_like(whole.again))[rows] = named[some]
    whole.again[rows], whole.explained[rows] = part.again[some], part.explained[some]
