"""grade: a whole class, some thousand students at once.

Rows out are rows in, in their order. Memory holds one chunk, whatever the number of rows; sums are put together
chunk after chunk, so that one processor and several give the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from handcalc.errors import count, listed
from handcalc.grading import workers
from handcalc.grading.chunk import Marked, Marker, Written
from handcalc.grading.deciding import Applied
from handcalc.grading.decisions import Decisions, Open
from handcalc.grading.reading.columns import Columns
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.rows import Row
from handcalc.grading.statistics import Class

CHUNK = 8_192
MOST_SAID = 10


@dataclass
class Cohort:
    """Marks chunk after chunk and keeps the sums of the class."""

    columns: Columns
    strict: bool = False
    decisions: Decisions = field(default_factory=Decisions)
    result: Class = field(default_factory=Class)
    open: Open = field(default_factory=Open)
    """The answers for a person to decide."""
    applied: Applied = field(default_factory=Applied)
    """What people have decided."""

    def __post_init__(self) -> None:
        self.marker = Marker(self.columns, strict=self.strict, decisions=self.decisions)

    def head(self) -> list[str]:
        """The names of the columns that are written."""
        return self.marker.head()

    def written(
        self, rows: Iterable[Row], dialect: Dialect, *, keep: bool, heads: bool
    ) -> Iterator[tuple[list[Row], Written]]:
        """What is written for some thousand rows at once; with `keep` the rows that were read, too."""
        work = partial(self.marker.write, dialect=dialect, heads=heads)
        for chunk, written in workers.worked(work, _chunks(rows), keep=keep):
            self._add(written)
            yield chunk, written

    def rows(self, rows: Iterable[Row]) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """Each row that is read, with the row that is written for it."""
        for chunk, marked in workers.worked(self.marker.mark, _chunks(rows)):
            self._add(marked)
            yield from zip(chunk, marked.rows(), strict=True)

    def _add(self, some: Marked | Written) -> None:
        self.result.merge(some.result)
        self.open.merge(some.open)
        self.applied.merge(some.applied)

    def remarks(self) -> list[str]:
        """What is to be said of the columns, and of what people decide."""
        return [*self.columns.remarks, *self._people()]

    def _people(self) -> Iterator[str]:
        if self.applied.answers:
            many = count(self.applied.answers, "answer")
            verb = "is" if self.applied.answers == 1 else "are"
            decided = f"{many} {verb} as a person decided"
            changed = list(self.applied.changed)
            whose = (
                f"that changes the marks of {listed(changed, MOST_SAID)}"
                if changed
                else "that changes no marks"
            )
            yield f"{decided}; {whose}"
        for key, marks in self.applied.capped.items():
            yield f"{marks} for {key} are more than there are; it gets all of them"
        unused = self.decisions.unused(self.applied.used)
        if unused:
            rows = ", ".join(unused[:MOST_SAID])
            yield f"{count(len(unused), 'decision')} that no answer of this class fits: {rows}"
        if self.open.count:
            first = [
                f"{names[0]}: {case.answer}"
                for case, names in islice(self.open.names.items(), MOST_SAID)
            ]
            more = self.open.count - len(first)
            rest = f", … ({more} more answers)" if more else ""
            yield f"to be decided: {', '.join(first)}{rest}"


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
