"""Cells in quotes that go on over several lines, and quotes that nobody closes.

A quote that is never closed would swallow the rows of other students. So lines are one row only if their
quotes are even in number, together they have the cells of a row, and no line that would be swallowed
has them by itself.
"""

import csv
from collections.abc import Callable, Sequence

from handcalc.grading.reading.source import MAX_LINE

MOST_JOINED = 200
"""Lines that one row can span."""


class NeedsMoreError(Exception):
    """The lines end before the quote does; the next block may close it."""


def is_open(text: str, separator: str) -> bool:
    """Does a quoted cell go on in the next line?"""
    if '"' not in text:
        return False
    try:
        list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def joined(
    lines: Sequence[bytes],
    place: int,
    read: Callable[[bytes], tuple[str, str]],
    separator: str,
    columns: int = 0,
) -> tuple[list[str], int] | None:
    """The cells of the row that begins in a line, and how many lines it has; None if it is not closed.

    `read` gives the text of a line and what is wrong with it. Without a number of columns any will do.
    """

    def is_row(text: str) -> bool:
        return columns > 0 and len(split(text, separator, strict=True) or ()) >= columns

    first, _ = read(lines[place])
    texts, quotes, size = [first], first.count('"'), len(first)
    while len(texts) < MOST_JOINED:
        if place + len(texts) == len(lines):
            raise NeedsMoreError
        text, wrong = read(lines[place + len(texts)])
        texts.append(text)
        quotes, size = quotes + text.count('"'), size + len(text)
        if wrong or size > MAX_LINE:
            return None
        if quotes % 2 == 0:
            two_rows = first.count(separator) + 1 >= columns and is_row(text)
            cells = None if two_rows else split("\n".join(texts), separator, strict=True)
            if cells and columns:
                fits = len(cells) >= columns and not any(cells[columns:])
                cells = cells if fits else None
            return (cells, len(texts)) if cells else None
        if is_row(text):
            return None
    return None


def split(text: str, separator: str, *, strict: bool = False) -> list[str] | None:
    """The cells of a row; None where it is none."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=strict), [])
    except csv.Error:
        return None
