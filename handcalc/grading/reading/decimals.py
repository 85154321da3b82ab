"""Decimal commas: whose comma is one is said by the rest of the row, else by the column."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from handcalc.grading.reading.causes import Lines
from handcalc.grading.reading.decimal_signs import BETWEEN, COMMA, POINT, UNSURE, Choice, habit
from handcalc.grading.reading.dialect import Decimal
from handcalc.grading.reading.rows import Row

SAMPLE = 2_000
"""Rows by which the columns are known."""


class Decimals:
    """Says of each row whether its decimal point is a comma, and keeps what was taken."""

    def __init__(self, places: Sequence[int], sample: Sequence[Row], choice: Choice) -> None:
        self.places, self.choice = places, choice
        first, last = min(places, default=0), max(places, default=0)
        # Columns of numbers mostly stand side by side, and are then taken out at once.
        whole = len(places) == last - first + 1
        self._side_by_side = slice(first, last + 1) if whole else None
        self._sample = sample
        self._rows = 0
        self._commas, self._both, self._open = Lines(), Lines(), Lines()
        self._by_column, self._thousands = Lines(), Lines()

    @cached_property
    def sign(self) -> Decimal:
        """The decimal sign of most rows, in which the marks are written."""
        if self.choice != "auto":
            return self.choice
        texts = [self._text(row) for row in self._sample]
        commas = sum(1 for text in texts if "," in text and COMMA.search(text))
        return "comma" if commas and commas > sum(1 for t in texts if POINT.search(t)) else "point"

    def read(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, each with its decimal sign."""
        for row in rows:
            self._rows += 1
            if row.comma is False and self.choice != "comma":
                yield row
            elif self.choice != "auto":
                yield Row(row.line, row.cells, row.wrong, self.choice == "comma")
            elif "," in (text := self._text(row)):
                yield Row(row.line, row.cells, row.wrong, self._comma(row, text))
            else:
                yield row

    def remarks(self) -> list[str]:
        """What was taken for what."""
        every = self._commas.many == self._rows > 1
        rows = f"all {self._rows} rows" if every else self._commas
        like, decides = "numbers such as 1,234", "--decimal comma or --decimal point decides"
        lines_by_remark = {
            f"decimal commas are read in {rows}": self._commas,
            f"decimal commas and points are read, both of them, in {self._both}": self._both,
            f"{like} are decimals, as the rest of their columns: {self._by_column}": self._by_column,
            f"{like} are whole thousands in {self._thousands}": self._thousands,
            f"{like} are left to a person in {self._open}; {decides}": self._open,
        }
        return [remark for remark, lines in lines_by_remark.items() if lines]

    def _text(self, row: Row) -> str:
        if self._side_by_side:
            return BETWEEN.join(row.cells[self._side_by_side])
        return BETWEEN.join([row.cells[place] for place in self.places])

    def _comma(self, row: Row, text: str) -> bool | None:
        comma = bool(COMMA.search(text))
        point = "." in text and bool(POINT.search(text))
        unsure = not (comma and not point) and bool(UNSURE.search(text))
        decision: bool | None = None if comma == point else comma
        if unsure and not comma and not point:
            decision = self._by_columns(row)
            (self._by_column if decision else Lines()).add(row.line)
        for lines, holds in (
            (self._commas, comma and not point),
            (self._both, comma and point),
            (self._thousands, unsure and decision is False),
            (self._open, unsure and decision is None),
        ):
            if holds:
                lines.add(row.line)
        return decision

    def _by_columns(self, row: Row) -> bool | None:
        """What the columns say in which this row may be read in two ways, if they agree."""
        habits = {self._habits[i] for i in self.places if UNSURE.fullmatch(row.cells[i])}
        return habits.pop() if len(habits) == 1 else None

    @cached_property
    def _habits(self) -> dict[int, bool | None]:
        """Of each column whether all who say it write commas, or points."""
        return {i: habit(row.cells[i] for row in self._sample) for i in self.places}
