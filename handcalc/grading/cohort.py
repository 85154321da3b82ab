"""grade: a whole class, step by step for all students of a chunk at once.

Rows out are rows in, in their order. Memory holds one chunk, whatever the number of rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handcalc.errors import count, did_you_mean, listed, nearest, printable
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
UNEXPLAINED = "unexplained"
MOST_SAID = 10
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
        by_key = {s.key: s.ref for a in self.scheme.answers.values() for s in a.steps}
        refs: dict[int, Ref] = {}
        known = [*by_key, *self.scheme.figures]
        for place, name in enumerate(self.names):
            other = self.scheme.found(name) if name not in by_key else []
            if name in self.scheme.figures:
                self.figures[place] = name
            elif name in by_key or len(other) == 1:
                refs[place] = by_key[name] if name in by_key else other[0]
            else:
                self.about.append(place)
        for place in self.about[:MOST_SAID]:
            if nearest(self.names[place], known):
                said = f"column {place + 1}, '{printable(self.names[place])[:60]}', is no answer"
                self.remarks.append(f"{said}{did_you_mean(self.names[place], known)}")
        there = {self.scheme.steps.key(ref) for ref in refs.values()} | set(self.figures.values())
        missing = [key for key in known if key not in there]
        if missing:
            said = f"no column for {count(len(missing), 'answer')}, not marked"
            self.remarks.append(f"{said}: {listed(missing, 8)}")
        self.scheme = self.scheme.seeing(refs.values(), there)
        steps = {step.ref: step for answer in self.scheme.every for step in answer.steps}
        self.numbers = {place: steps[ref] for place, ref in refs.items()}


@dataclass
class Cohort:
    """Marks chunk after chunk and keeps the sums of the class."""

    columns: Columns
    strict: bool = False
    result: Class = field(default_factory=Class)
    bad: list[Row] = field(default_factory=list)
    """The first rows with something wrong."""
    open: list[str] = field(default_factory=list)
    """The first answers for a person to decide."""

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme of the problem."""
        return self.columns.scheme

    @cached_property
    def answers(self) -> list[Asked]:
        """All answers in numbers, asked or on the way."""
        return self.scheme.every

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

    def rows(self, rows: Iterable[Row]) -> Iterator[tuple[Row, list[str]]]:
        """Each row that is read, with the row that is written for it."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK)):
            self.bad += [row for row in chunk if row.wrong][: MOST_SAID + 1 - len(self.bad)]
            yield from zip(chunk, self._chunk(chunk), strict=True)

    def remarks(self, path: Path) -> list[str]:
        """What is to be said of the columns, and of the first bad rows."""
        said = [f"{path}:{row.line}: {row.wrong}" for row in self.bad[:MOST_SAID]]
        more = ["more rows have something wrong: see the column remark"]
        undecided = [f"to be decided: {listed(self.open, MOST_SAID)}"] if self.open else []
        return [*self.columns.remarks, *said, *more[: len(self.bad) > MOST_SAID], *undecided]

    def _chunk(self, rows: list[Row]) -> Iterator[list[str]]:
        import numpy as np

        n = len(rows)
        judged = self._judged(rows)
        earned = dict(marks.of(self.answers, judged, n, each=self.strict or self.scheme.charged))
        figured, counted = self._figured(rows)
        total = sum((*earned.values(), *counted.values()), start=np.zeros(n))
        of = sum(a.marks for a in self.answers) + sum(f.marks for f in self.scheme.figures.values())
        self._add(judged, earned, figured, counted, total, of)
        first = self._first_wrong(judged, figured, n)
        self._open(rows, judged)
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
            return self.symbolic.judge(self.steps, typed, n)
        commas = [row.comma for row in rows]
        columns = {
            step.ref: texts.column(typed.get(step.ref, [""] * n), commas) for step in self.steps
        }
        judge = Judge(self.scheme, columns, n, strict=self.strict)
        judge.mark(self.steps)
        return judge.judged

    @cached_property
    def symbolic(self) -> Symbolic:
        """The marker of formulas."""
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
            verdicts = self._figures.mark(own)
            for key, earned in marks.of_figures(verdicts, each=self.strict or self.scheme.charged):
                counted[key][i] = earned
            found.append({one.figure.key: one for one in verdicts})
        return found, counted

    def _open(self, rows: list[Row], judged: Mapping[Ref, Judged]) -> None:
        """Whose answers a person must look at: the first of them by name."""
        for step in self.steps:
            for i in (judged[step.ref].verdict == Verdict.UNDECIDED).nonzero()[0]:
                if len(self.open) > MOST_SAID:
                    return
                name = " ".join(rows[i].cells[place].strip() for place in self.columns.about[:2])
                self.open.append(f"{printable(name)[:40] or f'line {rows[i].line}'}: {step.key}")

    def _first_wrong(
        self, judged: Mapping[Ref, Judged], figured: list[dict[str, Figured]], n: int
    ) -> list[str]:
        """The key of each student's first wrong answer: sizes and counts come before numbers."""
        first = [""] * n
        for step in reversed(self.steps):
            for i in (judged[step.ref].verdict == Verdict.WRONG).nonzero()[0]:
                first[i] = step.key
        for i, own in enumerate(figured):
            wrong = (key for key, found in own.items() if found.verdict == Verdict.WRONG)
            first[i] = next(wrong, first[i])
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
                found = own[key]
                if found.verdict == Verdict.WRONG:
                    item.mistakes[found.mistake or UNEXPLAINED] += 1
                result.undecided += found.verdict == Verdict.UNDECIDED
        words = list(mistakes.MISTAKES)
        for answer in self.answers:
            item = result.items.setdefault(answer.key, Item(answer.marks))
            whole = sum((earned[step.key] for step in answer.steps), start=np.zeros(total.size))
            if answer.marks:
                item.add(whole / answer.marks, total - whole)
            for step in answer.steps:
                own_step = judged[step.ref]
                wrong = own_step.mistake[own_step.verdict == Verdict.WRONG]
                for place, many in zip(*np.unique(wrong, return_counts=True), strict=True):
                    item.mistakes[words[place] if place >= 0 else UNEXPLAINED] += int(many)
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
