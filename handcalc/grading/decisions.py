"""What people decide of open answers: a file that is written, filled in, and read on every marking.

A row is for all students who typed the same for the same answer, where the marker gave the same reason and the
same number came out from the answers before. A person writes right, follows, wrong or a number of marks
into the column `decision`. Rows are added to a file and never taken away.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from handcalc.errors import FileError, printable, safe
from handcalc.grading.answer import UnreadableError, number
from handcalc.grading.reading import encoding
from handcalc.grading.reading.dialect import Dialect, separator
from handcalc.grading.verdict import Verdict

COLUMNS = ("case", "answer", "given", "reason", "comes out", "students", "expected", "decision")
"""`case` names the four behind it, whatever a spreadsheet makes of numbers and signs in them; `comes out` is what
the answers before give, `students` how many there are and the first of them."""
WORDS = {"right": Verdict.RIGHT, "follows": Verdict.FOLLOWS, "wrong": Verdict.WRONG}
MOST_CASES = 100_000
MOST_NAMED = 5
MOST_SAID = 20
MOST_BYTES = 64 * 2**20


class Case(NamedTuple):
    """What a person is asked: the answer, what was typed, why it is open, and what comes out before it."""

    answer: str
    given: str
    reason: str = ""
    follow: str = ""

    @property
    def name(self) -> str:
        """A few letters that stand for the case in a file."""
        # Digits around an e would be a number to a spreadsheet.
        return "c" + blake2b("\0".join(self).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, or some marks of an answer."""

    verdict: Verdict
    marks: float | None = None


@dataclass
class Open:
    """The cases that nobody has decided: how many students have each, the first of them, and the key."""

    students: Counter[Case] = field(default_factory=Counter)
    names: dict[Case, list[str]] = field(default_factory=dict)
    expected: dict[Case, str] = field(default_factory=dict)
    beyond: int = 0
    """Answers of cases beyond those that are kept."""

    def add(self, case: Case, name: str, expected: str) -> None:
        """One more open answer."""
        if case not in self.students and len(self.students) >= MOST_CASES:
            self.beyond += 1
            return
        self.students[case] += 1
        self.expected[case] = expected
        names = self.names.setdefault(case, [])
        if len(names) < MOST_NAMED:
            names.append(name)

    def merge(self, other: "Open") -> None:
        """Those of some more students."""
        for case, many in other.students.items():
            self.add(case, "", other.expected[case])
            self.students[case] += many - 1
            names = self.names[case]
            names[:] = [name for name in (*names, *other.names[case]) if name][:MOST_NAMED]
        self.beyond += other.beyond

    @property
    def count(self) -> int:
        """All open answers."""
        return self.students.total() + self.beyond

    def who(self, case: Case) -> str:
        """3: Anna, Ben, Eva."""
        names, many = self.names[case], self.students[case]
        more = ", …" if many > len(names) else ""
        return f"{many}: {', '.join(names)}{more}"


@dataclass
class Decisions:
    """The rows of a file of decisions, and what is decided in them."""

    dialect: Dialect = Dialect()  # noqa: RUF009  # frozen
    head: Sequence[str] = COLUMNS
    rows: list[dict[str, str]] = field(default_factory=list)
    decided: dict[Case | str, Decision] = field(default_factory=dict)
    """By the name of a case, or by what a person wrote who added a row."""

    def of(self, case: Case) -> tuple[Case | str, Decision] | None:
        """What is decided of a case, and by which row; one that says less is for all of whom it is true."""
        less = case._replace(follow="")
        for known in (case.name, case, less, less._replace(reason="")):
            if known in self.decided:
                return known, self.decided[known]
        return None

    def unused(self, used: set[Case | str]) -> list[str]:
        """The rows with a decision that no answer fits: their answers, with what was typed."""
        decided = ((_key(row), row) for row in self.rows if row.get("decision", "").strip())
        return [
            printable(f"{row.get('answer', '')[:60]} {row.get('given', '')[:30]}".strip())
            for key, row in decided
            if key not in used
        ]

    def whatever_the_reason(self) -> set[tuple[str, str]]:
        """The answers with a row of their own for what was typed, whatever the marker says of it."""
        own = (case for case in self.decided if isinstance(case, Case) and not case.reason)
        return {(case.answer, case.given) for case in own}

    def undecided(self, cases: Open) -> set[Case | str]:
        """All that a person is asked: what is open now, and rows without a decision."""
        rows = {_key(row) for row in self.rows if not row.get("decision", "").strip()}
        return rows | {case.name for case in cases.students}

    def with_open(self, cases: Open) -> bytes:
        """The file with the open cases added: those of most students first; what people wrote stays."""
        rows = [dict(row) for row in self.rows]
        known = {_key(row): row for row in rows}
        for case in sorted(cases.students, key=lambda case: -cases.students[case]):
            if case.name in known:
                known[case.name]["students"] = cases.who(case)
            else:
                cells = (case.name, *case, cases.who(case), safe(cases.expected[case]), "")
                rows.append(dict(zip(COLUMNS, cells, strict=True)))
        text = io.StringIO()
        writer = self.dialect.writer(text)
        writer.writerow(self.head)
        writer.writerows([row.get(name, "") for name in self.head] for row in rows)
        return text.getvalue().encode(self.dialect.encoding, "replace")


def load(path: Path, dialect: Dialect) -> Decisions:
    """The decisions in a file, in whatever dialect it was saved; without a file there are none yet."""
    if not path.exists():
        return Decisions(dialect)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}; check the name") from None
    if len(content) > MOST_BYTES:
        raise FileError(
            f"{path}: is larger than {MOST_BYTES // 2**20} MB; it is no file of decisions"
        )
    text, found = encoding.decoded(content, str(path))
    between = separator(text.partition("\n")[0])
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=between))
    except csv.Error as error:
        raise FileError(f"{path}: is no CSV file: {error}; save it as CSV") from None
    own = Dialect(found.name, bool(found.mark), between, dialect.decimal)
    return read(path, own, [(n, row) for n, row in enumerate(table, 1) if any(map(str.strip, row))])


def read(path: Path, dialect: Dialect, table: Sequence[tuple[int, Sequence[str]]]) -> Decisions:
    """The decisions in the rows of a file, each with its line; all that is wrong is said at once."""
    names = [name.strip() for name in table[0][1]] if table else []
    missing = [name for name in ("answer", "given", "decision") if name not in names]
    if missing:
        lacks = f"{path}: is no file of decisions: it has no column '{missing[0]}'"
        raise FileError(f"{lacks}; write another name, or columns {', '.join(COLUMNS)}")
    head = [*names, *(name for name in COLUMNS if name not in names)]
    decisions, wrong = Decisions(dialect, head), list[str]()
    for line, cells in table[1:]:
        row = dict(zip(names, cells, strict=False))
        decisions.rows.append(row)
        text = row.get("decision", "").strip()
        if not text:
            continue
        decision, key = _decision(text), _key(row)
        if decision is None:
            unread = f"{path}:{line}: '{printable(text)[:30]}' is no decision"
            wrong.append(f"{unread}; write right, follows, wrong or a number of marks")
        elif decisions.decided.setdefault(key, decision) != decision:
            given = printable(f"{row.get('answer', '')[:60]} {row.get('given', '')[:30]}")
            wrong.append(f"{path}:{line}: {given} is decided twice; keep one of the rows")
    if wrong:
        raise FileError("\n".join(wrong[:MOST_SAID]))
    return decisions


def _key(row: dict[str, str]) -> Case | str:
    """The name of its case, or what a person wrote who added the row."""
    name = row.get("case", "").strip()
    return name or Case(*(row.get(column, "").strip() for column in COLUMNS[1:5]))


def _decision(text: str) -> Decision | None:
    """right, follows, wrong, 0.5 or 1/2."""
    word = text.lower()
    if word in WORDS:
        return Decision(WORDS[word])
    try:
        marks = number(text.replace(",", "."))
    except UnreadableError:
        return None
    if marks.value < 0:
        return None
    return Decision(Verdict.RIGHT if marks.value else Verdict.WRONG, float(Fraction(marks.value)))
