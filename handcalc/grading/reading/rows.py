"""The rows of a class's CSV file: rows in are rows out, each with its line, bad ones too.

Whole blocks are cut into cells at once. A block that holds anything odd (bytes that are no UTF-8, a NUL,
a quote that is not closed, a line without end) is read line by line, so that what is odd spoils its own
row and no other.
"""

import csv
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from handcalc.errors import FileError, count
from handcalc.grading.reading import dialect, encoding
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.quoted import NeedsMoreError, is_open, joined, split
from handcalc.grading.reading.source import MAX_LINE, Source

MOST_COLUMNS = 5_000
NOT_UTF8 = "is not UTF-8 text and is read as Windows text"


class Row(NamedTuple):
    """One student: the line of the file, the cells, and what is wrong with the row."""

    line: int
    cells: Sequence[str]
    wrong: str = ""
    comma: bool | None = None
    """Is the decimal point a comma? None where nothing says so."""


class Table:
    """A CSV file of a class: its names of columns, its dialect, its rows."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.uneven = 0
        """Rows with more cells than there are names."""
        self.empty = 0
        """Lines of separators alone, which are nobody's."""
        names = [cell.strip(" \t\r\n\ufeff") for cell in self._heading()]
        while names and not names[-1]:
            names.pop()
        if not names:
            advice = "write name,h1_in,h2_in in its first line"
            raise FileError(f"{source.name}: has no row of keys; {advice}")
        if len(names) > MOST_COLUMNS:
            raise FileError(f"{source.name}: has more than {MOST_COLUMNS} columns")
        self.names = tuple(names)

    @property
    def dialect(self) -> Dialect:
        """How the file is written."""
        return dialect.of(self.source.encoding, self.separator)

    @property
    def remarks(self) -> list[str]:
        """What is to be said of the whole file."""
        empty = f"{count(self.empty, 'row')} without any text left out" if self.empty else ""
        return [remark for remark in (self.source.encoding.remark, empty) if remark]

    def rows(self) -> Iterator[Row]:
        """Every row below the names, in order."""
        self.uneven = self.empty = 0
        number, begin, held = self._above, self._begin, b""
        for block in self.source.blocks():
            whole, begin = held + block[begin:], max(0, begin - len(block))
            held = b""
            cut = self._at_once(whole)
            if cut is not None:
                # Between commas no cell has one, unless it is in quotes.
                points = False if self.separator == "," and b'"' not in whole else None
                yield from self._even(number, cut, points)
                number += len(cut)
                continue
            lines = _lines(whole)
            left = yield from self._with_care(number, lines)
            number += len(lines) - left
            held = b"".join(raw + b"\n" for raw in lines[len(lines) - left :])
        yield from self._with_care(number, _lines(held), last=True)

    def _heading(self) -> list[str]:
        """The names of the columns; where the rows begin, and what stands between cells."""
        lines = _lines(self.source.first)
        above = 0
        while above < len(lines) and not lines[above].strip():
            above += 1
        self.separator = (
            dialect.named_separator(self._read(lines[above])[0]) if lines[above:] else ""
        )
        above += bool(self.separator)
        text, wrong = self._read(lines[above]) if lines[above:] else ("", "")
        if wrong and wrong != NOT_UTF8:
            advice = "write name,h1_in,h2_in in it"
            raise FileError(f"{self.source.name}: its first line {wrong}; {advice}")
        self.separator = self.separator or dialect.separator(text)
        cells, many = split(text, self.separator), 1
        if is_open(text, self.separator):
            try:
                closed = joined(lines, above, self._read, self.separator)
            except NeedsMoreError:
                closed = None
            if closed is None:
                wrong = "its first line has a quote that is not closed; close it"
                raise FileError(f"{self.source.name}: {wrong}")
            cells, many = closed
        self._above = above + many
        self._begin = sum(len(raw) + 1 for raw in lines[: self._above])
        if self._begin > len(self.source.first) >= MAX_LINE:
            raise FileError(f"{self.source.name}: its first line is longer than 1024 kB")
        return cells or []

    def _at_once(self, block: bytes) -> list[list[str]] | None:
        """The cells of all lines of a block; None where it must be read with care."""
        try:
            text = block.decode(encoding.UTF8)
        except UnicodeDecodeError:
            if self.source.encoding.name != encoding.WINDOWS:
                return None
            text = block.decode(encoding.WINDOWS, "replace")
        text = text.replace("\r\n", "\n") if "\r" in text else text
        if "\0" in text or "\r" in text:
            return None
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        if len(text) > MAX_LINE and max(map(len, lines)) > MAX_LINE:
            return None
        if '"' not in text:
            return [line.split(self.separator) for line in lines]
        try:
            cut = list(csv.reader(lines, delimiter=self.separator, strict=True))
        except csv.Error:
            return None
        return cut if len(cut) == len(lines) else None

    def _even(self, number: int, cut: list[list[str]], comma: bool | None) -> Iterator[Row]:
        columns = len(self.names)
        for line, cells in enumerate(cut, number + 1):
            if len(cells) == columns and any(cells):
                yield Row(line, cells, "", comma)
            else:
                yield from self._row(line, cells)

    def _with_care(
        self, number: int, lines: list[bytes], *, last: bool = False
    ) -> Generator[Row, None, int]:
        """Line by line; returns how many lines at the end wait for the next block."""
        place = 0
        while place < len(lines):
            text, wrong = self._read(lines[place])
            cells, many = split(text, self.separator), 1
            if wrong in ("", NOT_UTF8) and is_open(text, self.separator):
                try:
                    closed = joined(lines, place, self._read, self.separator, len(self.names))
                except NeedsMoreError:
                    if not last:
                        return len(lines) - place
                    closed = None
                # Of an open row no more than whose it is can be told.
                cells, many = closed or ([text.split(self.separator)[0].strip(' "')], 1)
                wrong = wrong if closed else "has a quote that is not closed; not marked"
            elif cells is None:
                cells, wrong = [], wrong or "is no row of a CSV file"
            yield from self._row(number + place + 1, cells, wrong)
            place += many
        return 0

    def _row(self, line: int, cells: list[str], wrong: str = "") -> Iterator[Row]:
        """A row of however many cells; none where it holds nothing."""
        columns, many = len(self.names), len(cells)
        if not wrong and not any(map(str.strip, cells)):
            self.empty += many > 1
            return
        while len(cells) > columns and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > columns:
            # Nobody knows which cell is too many, so none behind the first is taken for an answer.
            self.uneven += 1
            wrong = (
                wrong or f"has {count(many, 'cell')} where the first line has {columns}; not marked"
            )
            cells = cells[:1]
        elif len(cells) < columns:
            wrong = wrong or f"has {count(many, 'cell')} where the first line has {columns}"
        yield Row(line, [*cells, *[""] * (columns - len(cells))], wrong)

    def _read(self, raw: bytes) -> tuple[str, str]:
        """The text of a line, and what is wrong with it."""
        raw = raw.removesuffix(b"\r")
        if len(raw) > MAX_LINE:
            return "", f"is longer than {MAX_LINE // 1024} kB"
        text, is_utf8 = encoding.line(raw)
        if "\0" in text:
            return text.replace("\0", "\ufffd"), "holds a NUL byte"
        return text, "" if is_utf8 or self.source.encoding.name == encoding.WINDOWS else NOT_UTF8


def _lines(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    return lines if lines[-1] else lines[:-1]
