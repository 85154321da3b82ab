"""What is said of many rows: once a cause, with their number and the first of their lines."""

from collections.abc import Callable, Iterable, Iterator

from handcalc.errors import count
from handcalc.grading.reading.rows import Row

MOST_NAMED = 5
MOST_CAUSES = 10


class Lines:
    """How many rows, and the lines of the first of them; as text: 37 rows (lines 5, 9, 12, …)."""

    def __init__(self) -> None:
        self.many = 0
        self._first: list[str] = []

    def add(self, line: int | str) -> None:
        """One row more."""
        self.many += 1
        if self.many <= MOST_NAMED:
            self._first.append(str(line))

    def __bool__(self) -> bool:
        return self.many > 0

    def __str__(self) -> str:
        return f"{count(self.many, 'row')} ({self.places()})"

    def places(self, noun: str = "line") -> str:
        """Lines 5, 9, 12, …"""
        more = ", …" if self.many > MOST_NAMED else ""
        plural = f"{noun}s" if noun and self.many > 1 else noun
        return f"{plural} {', '.join(self._first)}{more}".strip()


class Causes:
    """Sees all rows pass and keeps the causes of what is wrong with some of them.

    `place` names a row by something else than its line: a sheet of a folder by its file.
    """

    def __init__(self, place: Callable[[Row], str] | None = None) -> None:
        self._place = place
        self._causes: dict[str, Lines] = {}
        self._others = Lines()

    def watched(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows."""
        for row in rows:
            if row.wrong:
                known = row.wrong in self._causes or len(self._causes) < MOST_CAUSES
                lines = self._causes.setdefault(row.wrong, Lines()) if known else self._others
                lines.add(self._place(row) if self._place else row.line)
            yield row

    def remarks(self) -> list[str]:
        """A remark a cause: line 5: has 3 cells …; or 37 rows: … (lines 5, 9, 12, …)."""
        noun, rows = ("", "sheet") if self._place else ("line", "row")
        remarks = [
            f"{lines.places(noun)}: {cause}"
            if lines.many == 1
            else f"{count(lines.many, rows)}: {cause} ({lines.places(noun)})"
            for cause, lines in self._causes.items()
        ]
        others = f"{count(self._others.many, rows)} with other faults, which their remarks say"
        return [*remarks, f"{others} ({self._others.places(noun)})"] if self._others else remarks
