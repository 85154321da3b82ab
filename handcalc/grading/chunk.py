"""Some students of a class, marked all at once: what is written for each, and the sums over them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING, Any

from handcalc.errors import safe
from handcalc.grading import marks, mistakes, parts
from handcalc.grading.column import Reader
from handcalc.grading.deciding import Applied, Deciding
from handcalc.grading.decisions import Decisions, Open
from handcalc.grading.figures import Figured, Figures
from handcalc.grading.judge import Judge
from handcalc.grading.reading.columns import Columns
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.rows import Row
from handcalc.grading.scheme import Asked, Scheme
from handcalc.grading.statistics import Class, Item
from handcalc.grading.step import Step
from handcalc.grading.symbolic import Symbolic
from handcalc.grading.verdict import Judged, Verdict, Why
from handcalc.network import Ref
from handcalc.number import plain

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

UNEXPLAINED = "unexplained"
_WORDS = [verdict.name.lower() for verdict in Verdict]


@dataclass
class Marked:
    """What is written, column by column, and what is counted."""

    about: list[list[str]]
    """Columns about the students, then the lines and the marks."""
    cells: list[list[str]]
    result: Class
    open: Open = field(default_factory=Open)
    applied: Applied = field(default_factory=Applied)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The same row by row."""
        return zip(*self.about, *self.cells, strict=True)


@dataclass
class Written:
    """The same as lines of a file; `heads`, where they are wanted, are the students, their lines and marks."""

    text: str
    heads: list[Sequence[str]]
    students: int
    result: Class
    open: Open
    applied: Applied


class Marker:
    """Marks students in groups; what it learns of a problem serves all of them."""

    def __init__(
        self, columns: Columns, *, strict: bool = False, decisions: Decisions | None = None
    ) -> None:
        self.columns, self.strict = columns, strict
        self.scheme: Scheme = columns.scheme
        self.answers: list[Asked] = self.scheme.every
        self.steps: list[Step] = [step for answer in self.answers for step in answer.steps]
        self.each = strict or self.scheme.charged
        self.reader, self.judge = Reader(), Judge(self.scheme, strict=strict)
        self.deciding = Deciding(self.scheme, decisions or Decisions())

    @cached_property
    def symbolic(self) -> Symbolic:
        """The marker of formulas."""
        return Symbolic(self.scheme)

    @cached_property
    def figures(self) -> Figures | None:
        """The marker of sizes and counts."""
        return Figures(self.scheme, strict=self.strict) if self.scheme.figures else None

    @cached_property
    def parts(self) -> dict[str, list[str]]:
        """The answers of each part of the sheet that the file names."""
        return parts.of(self.scheme.problem, [*self.scheme.figures, *self.scheme.answers])

    @property
    def of(self) -> float:
        """All marks that there are."""
        figures = sum(figure.marks for figure in self.scheme.figures.values())
        return sum(answer.marks for answer in self.answers) + figures

    def head(self) -> list[str]:
        """The names of the columns that are written."""
        about = [self.columns.names[place] for place in self.columns.about]
        keys = [*self.scheme.figures, *(step.key for step in self.steps)]
        own = [cell for key in keys for cell in (key, f"{key} verdict")]
        by_part = [safe(f"{name} marks") for name in self.parts]
        return [*map(safe, about), "line", "marks", "of", *by_part, "first wrong", "remark", *own]

    def mark(self, rows: Sequence[Row]) -> Marked:
        """Mark some students."""
        n, cells = len(rows), list(zip(*(row.cells for row in rows), strict=True))
        typed = {step.ref: cells[place] for place, step in self.columns.numbers.items()}
        figures = {key: cells[place] for place, key in self.columns.figures.items()}
        judged = self._judged(typed, [row.comma for row in rows], n)
        figured = self._figured(figures, n)
        earned, names = self._earned(judged, figured, n), _Names(self.columns, rows)
        opened, applied = self.deciding.apply(self.steps, judged, typed, figured, figures, names)
        if applied.answers:
            before, earned = earned, self._earned(judged, figured, n)
            self.deciding.give(earned, applied)
            self.deciding.changes(before, earned, applied, names)
        result = Class(of=self.of)
        total, by_part = self._count(result, judged, figured, earned, n)
        lines = [str(row.line) for row in rows]
        about = [list(map(safe, cells[place])) for place in self.columns.about]
        written = [[plain(round(self.of, 4))] * n, *map(_shown, by_part)]
        written += [self._first_wrong(judged, figured, n), [safe(row.wrong) for row in rows]]
        for key in self.scheme.figures:
            written += [_shown(earned[key]), [_figure_word(one[key]) for one in figured]]
        for step in self.steps:
            written += [_shown(earned[step.key]), _verdict_words(judged[step.ref])]
        return Marked([*about, lines, _shown(total)], written, result, opened, applied)

    def write(self, rows: Sequence[Row], dialect: Dialect, *, heads: bool) -> Written:
        """Mark some students, and write what is said of them in the dialect of their class."""
        marked, begin, text = self.mark(rows), len(self.columns.about), StringIO()
        cells = marked.rows()
        own = cells if dialect.decimal == "point" else (dialect.cells(c, begin) for c in cells)
        dialect.writer(text, marked=False).writerows(own)
        about = zip(*marked.about, strict=True) if heads else ()
        own_heads = [dialect.cells(head, begin) for head in about]
        return Written(
            text.getvalue(), own_heads, len(rows), marked.result, marked.open, marked.applied
        )

    def _judged(
        self, typed: Mapping[Ref, Sequence[str]], commas: Sequence[bool | None], n: int
    ) -> Mapping[Ref, Judged]:
        """The verdicts on all numbers, or formulas."""
        if self.scheme.network.symbolic:
            return self.symbolic.judge(self.steps, typed, n)
        blank = [""] * n
        columns = {
            step.ref: self.reader.column(typed.get(step.ref, blank), commas) for step in self.steps
        }
        return self.judge.mark(self.steps, columns, n)

    def _figured(self, typed: Mapping[str, Sequence[str]], n: int) -> list[dict[str, Figured]]:
        """The verdicts on sizes and counts, student by student."""
        if self.figures is None:
            return [{} for _ in range(n)]
        return [
            {
                one.figure.key: one
                for one in self.figures.mark({key: texts[i] for key, texts in typed.items()})
            }
            for i in range(n)
        ]

    def _earned(
        self, judged: Mapping[Ref, Judged], figured: Sequence[dict[str, Figured]], n: int
    ) -> "dict[str, Array]":
        """The marks of all answers, sizes and counts first."""
        import numpy as np

        earned = {key: np.zeros(n) for key in self.scheme.figures}
        if earned:
            for i, own in enumerate(figured):
                for key, some in marks.of_figures(own.values(), each=self.each):
                    earned[key][i] = some
        return earned | dict(marks.of(self.answers, judged, each=self.each))

    def _first_wrong(
        self, judged: Mapping[Ref, Judged], figured: Sequence[dict[str, Figured]], n: int
    ) -> list[str]:
        """The key of each student's first wrong answer: sizes and counts come before numbers."""
        import numpy as np

        first = np.full(n, len(self.steps), np.int32)
        for number in range(len(self.steps) - 1, -1, -1):
            first[judged[self.steps[number].ref].verdict == Verdict.WRONG] = number
        keys = [*(step.key for step in self.steps), ""]
        words = list(map(keys.__getitem__, first.tolist()))
        for i, own in enumerate(figured):
            wrong = (key for key, one in own.items() if one.verdict == Verdict.WRONG)
            words[i] = next(wrong, words[i])
        return words

    def _count(
        self,
        result: Class,
        judged: Mapping[Ref, Judged],
        figured: Sequence[dict[str, Figured]],
        earned: "Mapping[str, Array]",
        n: int,
    ) -> "tuple[Array, list[Array]]":
        """The sums of the class; the total and the marks of each part for every student."""
        import numpy as np

        total = sum(earned.values(), start=np.zeros(n))
        by_key: dict[str, Array] = {}
        for key, figure in self.scheme.figures.items():
            item = result.items.setdefault(key, Item(figure.marks))
            by_key[key] = earned[key]
            item.add(earned[key] / (figure.marks or 1), total - earned[key])
            item.count([np.array([own[key].verdict for own in figured])])
            for own in figured:
                if own[key].verdict == Verdict.WRONG and own[key].why != Why.PERSON:
                    for word in own[key].mistakes or (UNEXPLAINED,):
                        item.mistakes[word] += 1
                result.undecided += own[key].verdict == Verdict.UNDECIDED
        words = list(mistakes.MISTAKES)
        for answer in self.answers:
            item = result.items.setdefault(answer.key, Item(answer.marks))
            whole = sum((earned[step.key] for step in answer.steps), start=np.zeros(n))
            by_key[answer.key] = whole
            if answer.marks:
                item.add(whole / answer.marks, total - whole)
                item.count([judged[step.ref].verdict for step in answer.steps])
            for step in answer.steps:
                one = judged[step.ref]
                unexplained = (one.verdict == Verdict.WRONG) & (one.why != Why.PERSON)
                for place, some in one.names.items():
                    if some.any():
                        item.mistakes[words[place]] += int(some.sum())
                    unexplained = unexplained & ~some
                if unexplained.any():
                    item.mistakes[UNEXPLAINED] += int(unexplained.sum())
                result.undecided += int((one.verdict == Verdict.UNDECIDED).sum())
        by_part = [
            sum((by_key[key] for key in own), start=np.zeros(n)) for own in self.parts.values()
        ]
        result.add(total, dict(zip(self.parts, by_part, strict=True)))
        return total, by_part


@dataclass
class _Names:
    """What a student of a chunk is called: by the first columns, else by the line."""

    columns: Columns
    rows: Sequence[Row]

    def __call__(self, student: int) -> str:
        row = self.rows[student]
        name = " ".join(row.cells[place].strip() for place in self.columns.about[:2])
        return safe(name)[:40].strip() or f"line {row.line}"


def _shown(earned: "Array") -> list[str]:
    """Few marks occur, so each is written once."""
    marks_of_all = earned.tolist()
    known = {some: plain(round(some, 4)) for some in set(marks_of_all)}
    return list(map(known.__getitem__, marks_of_all))


def _verdict_words(judged: Judged) -> list[str]:
    """right, wrong: bias_forgotten, …"""
    words = list(mistakes.MISTAKES)
    cells = list(map(_WORDS.__getitem__, judged.verdict.tolist()))
    named: dict[int, list[str]] = {}
    for place, some in sorted(judged.names.items()):
        for student in some.nonzero()[0].tolist():
            named.setdefault(student, []).append(words[place])
    for student, names in named.items():
        cells[student] = f"wrong: {' or '.join(names)}"
    for student in (judged.why == Why.PERSON).nonzero()[0].tolist():
        cells[student] += ", decided by a person"
    return cells


def _figure_word(one: Figured) -> str:
    word = _WORDS[one.verdict]
    person = ", decided by a person" if one.why == Why.PERSON else ""
    return (f"{word}: {one.mistake}" if one.mistake else word) + person
