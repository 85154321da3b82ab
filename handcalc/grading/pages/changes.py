"""Marking again: whose marks are others than in the file that is about to be replaced."""

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from handcalc.errors import count, printable
from handcalc.grading.reading.dialect import Dialect

MOST_SAID = 20


class Changes:
    """Reads the former marks row by row beside the new ones; without a former file there are none."""

    def __init__(self, path: Path, about: int, dialect: Dialect) -> None:
        self.path, self.about, self._dialect = path, about, dialect
        self.found: list[str] = []
        self.rows = self.more = 0
        self._stack = ExitStack()
        self._former: Any = None

    def __enter__(self) -> Self:
        if self.path.is_file():
            file = self._stack.enter_context(
                self.path.open(encoding=self._dialect.encoding, errors="replace", newline="")
            )
            self._former = self._dialect.rows(file)
            head = self._next() or []
            if head[self.about : self.about + 2] != ["line", "marks"]:
                self._former = None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _next(self) -> list[str] | None:
        """The next former row; None where there is none, or no CSV."""
        try:
            found: list[str] | None = next(self._former, None)
        except csv.Error:
            return None
        return found

    @property
    def wanted(self) -> bool:
        """Are there former marks to compare?"""
        return self._former is not None

    def compare(self, rows: Iterable[Sequence[str]]) -> None:
        """New rows beside the former ones; rows of other students end the comparison."""
        for row in rows if self._former is not None else ():
            self._compare(row)

    def _compare(self, row: Sequence[str]) -> None:
        if self._former is None:
            return
        before = self._next()
        if before is None or before[: self.about] != list(row[: self.about]):
            self._former = None
            return
        self.rows += 1
        marks, former = row[self.about + 1], "".join(before[self.about + 1 : self.about + 2])
        if former != marks:
            name = " ".join(row[: self.about]) or f"line {row[self.about]}"
            if len(self.found) < MOST_SAID:
                self.found.append(f"{printable(name)}: {former} → {marks} marks.")
            else:
                self.more += 1

    def said(self) -> list[str]:
        """A line for each student whose marks changed."""
        if self.rows and not self.found:
            return [f"Marked again: no marks of {count(self.rows, 'row')} changed."]
        more = [f"… and {self.more} more rows changed."] if self.more else []
        return [*self.found, *more]
