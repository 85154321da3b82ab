"""grade: a whole class, step by step for all students of a chunk at once.

Rows out are rows in, in their order. Memory holds one chunk, whatever the number of rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from handcalc.errors import did_you_mean, nearest, printable
from handcalc.grading import marks, mistakes, texts
from handcalc.grading.figures import Figured, Figures
from handcalc.grading.judge import Judge
from handcalc.grading.rows import Row
from handcalc.grading.scheme import Asked, Scheme
from handcalc.grading.statistics import Class, Item
from handcalc.grading.step import Step
from handcalc.grading.symbolic import Symbolic
from handcalc.grading.verdict import Judged, Verdict
from handcalc.network import Ref
from handcalc.number import plain

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

CHUNK = 4096
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WORDS = {v: v.name.lower() for v in Verdict}


@dataclass
class Columns:
    """What each column of a class's file is: a number, a figure, or about the student."""

    scheme: Scheme
    names: Sequence[str]
    numbers: dict[int, Step] = field(default_factory=dict)
    figures: dict[int, str] = field(default_factory=dict)
    about: list[int] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_key = {s.key: s for a in self.scheme.answers.values() for s in a.steps}
        for place, name in enumerate(self.names):
            other = (
                None if name in by_key or name in self.scheme.figures else self.scheme.found(name)
            )
            if name in by_key:
                self.numbers[place] = by_key[name]
            elif name in self.scheme.figures:
                self.figures[place] = name
            elif other is not None and len(other.steps) == 1:
                self.numbers[place] = other.steps[0]
            else:
                self.about.append(place)
                known = [*by_key, *self.scheme.figures]
                if nearest(name, known) and (self.numbers or self.figures):
                    said = f"column {place + 1}, '{printable(name)[:60]}', is no answer"
                    self.remarks.append(f"{said}{did_you_mean(name, known)}")
        self.scheme.on_sheet.update({s.ref: s.key for s in self.numbers.values()})
        asked = {s.key for s in self.numbers.values()} | set(self.figures.values())
        missing = [key for key in [*by_key, *self.scheme.figures] if key not in asked]
        if missing:
            shown = ", ".join(missing[:8]) + (", …" if len(missing) > 8 else "")
            self.remarks.append(
                f"no column for {len(missing)} answers, which are not marked: {shown}"
            )
        self.scheme.narrow(asked)

    @cached_property
    def others(self) -> list[Asked]:
        """Steps on the way that the file has columns for; they carry no marks."""
        asked = {s.ref for a in self.scheme.answers.values() for s in a.steps}
        return [
            Asked(step.key, (), (step,), 0.0)
            for step in self.numbers.values()
            if step.ref not in asked
        ]


@dataclass
class Cohort:
    """Marks chunk after chunk and keeps the sums of the class."""

    columns: Columns
    strict: bool = False
    comma: bool = False
    result: Class = field(default_factory=Class)

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme of the problem."""
        return self.columns.scheme

    @cached_property
    def answers(self) -> list[Asked]:
        """All answers in numbers, asked or on the way."""
        return [*self.scheme.answers.values(), *self.columns.others]

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of all answers."""
        return [step for answer in self.answers for step in answer.steps]

    @cached_property
    def _figures(self) -> Figures | None:
        return Figures(self.scheme, strict=self.strict) if self.scheme.figures else None

    def head(self) -> list[str]:
        """The names of the columns that are written."""
        about = [self.columns.names[place] for place in self.columns.about]
        keys = [*self.scheme.figures, *(step.key for step in self.steps)]
        own = [cell for key in keys for cell in (key, f"{key} verdict")]
        return [*map(safe, about), "line", "marks", "of", "first wrong", "remark", *own]

    def rows(self, rows: Iterable[Row]) -> Iterator[list[str]]:
        """The rows that are written, one for each row that is read."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK)):
            yield from self._chunk(chunk)

    def _chunk(self, rows: list[Row]) -> Iterator[list[str]]:
        import numpy as np

        n = len(rows)
        judged = self._judged(rows)
        earned = dict(marks.of(self.answers, judged, n, strict=self.strict))
        figured, counted = self._figured(rows)
        total = sum((*earned.values(), *counted.values()), start=np.zeros(n))
        of = sum(a.marks for a in self.answers) + sum(f.marks for f in self.scheme.figures.values())
        self._add(judged, earned, figured, counted, total, of)
        first = self._first_wrong(judged, figured, n)
        cells = [
            column
            for key in self.scheme.figures
            for column in (_marks(counted[key]), [_figure_said(f[key]) for f in figured])
        ]
        cells += [
            column
            for step in self.steps
            for column in (_marks(earned[step.key]), _said(judged[step.ref]))
        ]
        for i, row in enumerate(rows):
            about = [safe(row.cells[place]) for place in self.columns.about]
            yield [
                *about,
                str(row.line),
                plain(round(float(total[i]), 4)),
                plain(round(of, 4)),
                first[i],
                row.wrong,
                *(column[i] for column in cells),
            ]

    def _judged(self, rows: list[Row]) -> Mapping[Ref, Judged]:
        """The verdicts on all numbers, or formulas, of some students."""
        n, typed = len(rows), self._typed(rows)
        if self.scheme.network.symbolic:
            return self._symbolic.judge(self.steps, typed, n)
        columns = {
            step.ref: texts.column(typed.get(step.ref, [""] * n), comma=self.comma)
            for step in self.steps
        }
        judge = Judge(self.scheme, columns, n, strict=self.strict)
        judge.mark(self.steps)
        return judge.judged

    @cached_property
    def _symbolic(self) -> Symbolic:
        return Symbolic(self.scheme)

    def _typed(self, rows: list[Row]) -> dict[Ref, list[str]]:
        return {
            step.ref: [row.cells[place] for row in rows]
            for place, step in self.columns.numbers.items()
        }

    def _figured(self, rows: list[Row]) -> tuple[list[dict[str, Figured]], dict[str, "Array"]]:
        """The verdicts on sizes and counts, student by student, and their marks."""
        import numpy as np

        if self._figures is None:
            return [{} for _ in rows], {}
        found, counted = [], {key: np.zeros(len(rows)) for key in self.scheme.figures}
        for i, row in enumerate(rows):
            own = {key: row.cells[place] for place, key in self.columns.figures.items()}
            verdicts, seen = self._figures.mark(own), set[str]()
            for one in verdicts:
                earns = one.verdict in (Verdict.RIGHT, Verdict.FOLLOWS)
                earns |= one.mistake in seen and not self.strict
                if earns:
                    counted[one.figure.key][i] = one.figure.marks
                if one.mistake and mistakes.load(one.mistake).systematic:
                    seen.add(one.mistake)
            found.append({one.figure.key: one for one in verdicts})
        return found, counted

    def _first_wrong(
        self, judged: Mapping[Ref, Judged], figured: list[dict[str, Figured]], n: int
    ) -> list[str]:
        first = [
            next((key for key, f in own.items() if f.verdict == Verdict.WRONG), "")
            for own in figured
        ]
        for step in reversed(self.steps):
            for i in (judged[step.ref].verdict == Verdict.WRONG).nonzero()[0]:
                if not figured[i] or not any(
                    f.verdict == Verdict.WRONG for f in figured[i].values()
                ):
                    first[i] = step.key
        return first

    def _add(
        self,
        judged: Mapping[Ref, Judged],
        earned: Mapping[str, "Array"],
        figured: list[dict[str, Figured]],
        counted: Mapping[str, "Array"],
        total: "Array",
        of: float,
    ) -> None:
        """The sums of the class."""
        import numpy as np

        result = self.result
        result.students += total.size
        result.total += float(total.sum())
        result.squares += float((total * total).sum())
        result.of = of
        for key, figure in self.scheme.figures.items():
            item = result.items.setdefault(key, Item(figure.marks))
            item.add(counted[key] / (figure.marks or 1), total - counted[key])
            for own in figured:
                item.verdicts[_WORDS[own[key].verdict]] += 1
                if own[key].mistake:
                    item.mistakes[own[key].mistake] += 1
        words = list(mistakes.MISTAKES)
        for answer in self.answers:
            item = result.items.setdefault(answer.key, Item(answer.marks))
            whole = sum((earned[step.key] for step in answer.steps), start=np.zeros(total.size))
            if answer.marks:
                item.add(whole / answer.marks, total - whole)
            for step in answer.steps:
                own_step = judged[step.ref]
                for verdict, many in zip(
                    *np.unique(own_step.verdict, return_counts=True), strict=True
                ):
                    item.verdicts[_WORDS[Verdict(int(verdict))]] += int(many)
                wrong = own_step.mistake[own_step.verdict == Verdict.WRONG]
                for place, many in zip(*np.unique(wrong, return_counts=True), strict=True):
                    item.mistakes[words[place] if place >= 0 else "unexplained"] += int(many)
                result.undecided += int((own_step.verdict == Verdict.UNDECIDED).sum())


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without control characters."""
    shown = printable(text.strip())
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _marks(earned: "Array") -> list[str]:
    """Few marks occur, so each is written once."""
    known = {m: plain(round(m, 4)) for m in set(earned.tolist())}
    return [known[m] for m in earned.tolist()]


def _said(judged: Judged) -> list[str]:
    """right, wrong: bias_forgotten, …"""
    words = list(mistakes.MISTAKES)
    pairs = list(zip(judged.verdict.tolist(), judged.mistake.tolist(), strict=True))
    known = {
        (v, m): f"wrong: {words[m]}" if v == Verdict.WRONG and m >= 0 else _WORDS[Verdict(v)]
        for v, m in set(pairs)
    }
    return [known[pair] for pair in pairs]


def _figure_said(found: Figured) -> str:
    word = _WORDS[found.verdict]
    return f"{word}: {found.mistake}" if found.mistake else word
