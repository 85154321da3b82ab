"""The rows of a class: a CSV file, or a folder of sheets; each with its line, bad ones too.

Lines are read within bounds and each by itself, so that a quote that is never closed or a line without
end spoils its own row and no other.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from handcalc.errors import FileError, HandcalcError, printable
from handcalc.grading import sheet
from handcalc.grading.scheme import Scheme
from handcalc.grading.texts import placed

MAX_LINE = 2**20
MOST_COLUMNS = 5_000
MOST_JOINED = 8
"""Lines that one quoted cell can span."""
_SHEETS = (".yaml", ".yml", ".json", ".csv", ".txt")


@dataclass(frozen=True, slots=True)
class Row:
    """One student: the line of the file, the cells, and what is wrong with the row."""

    line: int
    cells: tuple[str, ...]
    wrong: str = ""
    comma: bool = False
    """Is the decimal point a comma?"""


def header(path: Path) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and what stands between them."""
    with _opened(path) as file:
        text, wrong = _line(file)
    line = (text or "").lstrip("\ufeff").replace("\r", " ").rstrip()
    # Separators inside quotes and brackets belong to a key: "y[1,1]".
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", line)
    between = max(",;\t", key=bare.count)
    cells = _split(line, between) if text else []
    if cells is None or not any(cell.strip() for cell in cells):
        said = f"its first line {wrong}" if wrong else "has no row of keys"
        raise FileError(f"{path}: {said}; write name,h1_in,h2_in in its first line")
    names = tuple(cell.strip() for cell in cells)
    if len(names) > MOST_COLUMNS:
        raise FileError(f"{path}: has more than {MOST_COLUMNS} columns")
    again = [name for name, many in Counter(names).items() if name and many > 1]
    if again:
        raise FileError(f"{path}:1: the column '{printable(min(again))[:60]}' is there twice")
    return names, between


def of_csv(path: Path, between: str, columns: int, *, comma: bool = False) -> Iterator[Row]:
    """Every row below the keys, in order."""
    with _opened(path) as file:
        _line(file)
        number = 1
        while True:
            first = number + 1
            line, wrong = _line(file)
            if line is None:
                return
            number += 1
            if not wrong and _is_open(line, between):
                line, more, wrong = _closed(file, line, between)
                number += more
            if wrong or line.strip():
                yield _row(first, line, wrong, between, columns, comma=comma)


def of_folder(path: Path) -> Iterator[tuple[str, "sheet.Sheet | None", str]]:
    """The name of each sheet of a folder, the sheet, and what is wrong with it."""
    for file in sorted(p for p in path.iterdir() if p.suffix.lower() in _SHEETS and p.is_file()):
        try:
            yield file.name, sheet.load(file), ""
        except HandcalcError as error:
            yield file.name, None, str(error).splitlines()[0]


def as_rows(scheme: Scheme, path: Path) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The sheets of a folder as rows: their files and names, then a column a key.

    Whatever a sheet answers has a column, steps on the way too.
    """
    asked = [*scheme.figures, *(s.key for a in scheme.answers.values() for s in a.steps)]
    sheets = list(of_folder(path))
    answered = [
        (file, None if found is None else placed(scheme, found), found, wrong)
        for file, found, wrong in sheets
    ]
    more = [scheme.steps.key(ref) for _, own, _, _ in answered if own for ref in own.others]
    keys = list(dict.fromkeys([*asked, *more]))

    def rows() -> Iterator[Row]:
        for number, (file, own, found, wrong) in enumerate(answered, 1):
            if own is None or found is None:
                yield Row(number, (file, "", *[""] * len(keys)), wrong)
                continue
            by_key = {scheme.steps.key(ref): text for ref, text in own.numbers.items()}
            by_key |= own.figures
            cells = tuple(by_key.get(key, "") for key in keys)
            yield Row(number, (file, found.name, *cells), "; ".join(own.remarks), found.comma)

    return ("file", "name", *keys), rows()


def _row(line: int, text: str, wrong: str, between: str, columns: int, *, comma: bool) -> Row:
    cells = _split(text, between) if text else None
    if cells is None:
        return Row(line, ("",) * columns, wrong or "is no row of a CSV file")
    if len(cells) != columns and not wrong:
        wrong = f"has {len(cells)} cells where the first line has {columns}"
    padded = [*cells[:columns], *[""] * (columns - len(cells))]
    return Row(line, tuple(padded), wrong, comma)


def _split(text: str, between: str) -> list[str] | None:
    """The cells of a row; None where it is none."""
    try:
        return next(csv.reader([text], delimiter=between), [])
    except csv.Error:
        return None


def _is_open(text: str, between: str) -> bool:
    """Does a quoted cell go on in the next line?"""
    try:
        list(csv.reader([text], delimiter=between, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _closed(file: BinaryIO, line: str, between: str) -> tuple[str, int, str]:
    """A line with the ones that its open quote reaches into; without an end the line alone is bad."""
    place, whole = file.tell(), line
    for more in range(1, MOST_JOINED + 1):
        following, wrong = _line(file)
        if following is None or wrong:
            break
        whole += following
        if not _is_open(whole, between):
            return whole, more, ""
    file.seek(place)
    return "", 0, "has a quote that is not closed"


def _line(file: BinaryIO) -> tuple[str | None, str]:
    """The next line, and what is wrong with it; None behind the last one."""
    raw = file.readline(MAX_LINE + 1)
    if not raw:
        return None, ""
    if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE)
        return "", f"is longer than {MAX_LINE // 1024} kB"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "is not UTF-8 text and is read as Windows text"
    return (text.replace("\0", "�"), "holds a NUL byte") if "\0" in text else (text, "")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        said = error.strerror or "it cannot be opened"
        raise FileError(f"{path}: cannot be read: {said}; check the name") from None
