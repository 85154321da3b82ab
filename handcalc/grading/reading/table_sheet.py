"""One sheet out of rows of cells: key beside answer, or a row of keys above a row of answers.

Which of the two it is, is said by where the keys stand: along the first row or down the first column. A
row of keys above several rows of answers is a class, and no sheet.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from handcalc.errors import FileError, count, nearest
from handcalc.grading.answer import UnreadableError, is_blank, number
from handcalc.grading.reading import headings
from handcalc.grading.reading.attempts import Students
from handcalc.grading.reading.columns import Columns, keys
from handcalc.grading.reading.gaps import Gaps
from handcalc.grading.reading.rows import Row
from handcalc.grading.scheme import Scheme

Lines: TypeAlias = Sequence[tuple[int, list[str]]]
"""Rows of cells, each with its line."""
Answers: TypeAlias = Iterator[tuple[str, Any, int]]
"""Keys, what stands under them, and the lines."""
_MOST_TRIED = 60


def answers(path: str, lines: Lines, scheme: Scheme | None) -> tuple[Answers, list[str]]:
    """The answers of a sheet, and what was assumed of its columns; FileError for a class."""
    if not lines:
        return iter(()), []
    first = lines[0][1]
    if not _runs_along(lines, scheme):
        return _beside(path, lines, scheme), []
    if len(lines) > 2:
        wrong = f"is a class of {len(lines) - 1} rows, and no sheet"
        raise FileError(f"{path}: {wrong}; mark it with: handcalc grade PROBLEM {path}")
    line, cells = lines[1] if lines[1:] else (lines[0][0] + 1, [])
    if any(cells[len(first) :]):
        wrong = f"has {count(len(cells), 'cell')} where the first line has {len(first)}"
        raise FileError(f"{path}:{line}: {wrong}; leave them out, or put quotes around commas")
    row = Row(line, [*cells[: len(first)], *[""] * (len(first) - len(cells))])
    if scheme is None:
        return ((key, cell, line) for key, cell in zip(first, row.cells, strict=True) if key), []
    gaps = Gaps(first, [row.cells], keys(scheme))
    assumed = [*gaps.remarks, *headings.meant(gaps.names, keys(scheme))[1]]
    columns = Columns(scheme, gaps.names, path)
    return _below(columns, row._replace(cells=gaps.cells(row.cells))), assumed


def _runs_along(lines: Lines, scheme: Scheme | None) -> bool:
    """Do the keys run along the first row, and not down the first column?"""
    tests: list[Callable[[str], bool]] = [_is_word]
    if scheme:
        known = {*keys(scheme), *scheme.answers}
        meant, _ = headings.meant(lines[0][1], keys(scheme))
        if len(meant) > 1 or headings.responses(lines[0][1]):
            return True
        tests = [known.__contains__, lambda cell: bool(scheme.found(cell)), *tests]
    for is_key in tests:
        along = sum(map(is_key, lines[0][1][:_MOST_TRIED]))
        down = sum(is_key(cells[0]) for _, cells in lines[:_MOST_TRIED])
        if along or down:
            return along > down
    return False


def _below(columns: Columns, row: Row) -> Answers:
    """A row of answers below a row of keys; columns that are no answers count as little as in a class."""
    about = columns.about
    if name := Students(columns.names, about).name(row):
        yield "name", name, row.line
    known = keys(columns.scheme)
    for place in about:
        heading = columns.names[place]
        counts = heading in ("problem", "decimal") or heading in columns.scheme.answers
        if counts or (heading not in ("name", "student") and nearest(heading, known)):
            yield heading, row.cells[place], row.line
    for place, key in columns.figures.items():
        yield key, row.cells[place], row.line
    for place, step in columns.numbers.items():
        yield step.key, row.cells[place], row.line


def _beside(path: str, lines: Lines, scheme: Scheme | None) -> Answers:
    """Key and answer side by side; of a matrix all its cells."""
    for place, (line, row) in enumerate(lines):
        if len(row) < 2:
            raise FileError(f"{path}:{line}: has one cell; write the key and the answer")
        key, *cells = row
        if place == 0 and key.lower() == "key":
            continue
        asked = scheme.answers.get(key) if scheme else None
        most = len(asked.steps) if asked else 1
        # A spreadsheet fills all its rows up to the longest.
        cells = cells if any(cells[most:]) else cells[:most]
        yield key, cells[0] if len(cells) == 1 else cells, line


def _is_word(cell: str) -> bool:
    if is_blank(cell):
        return False
    try:
        number(cell)
    except UnreadableError:
        return True
    return False
