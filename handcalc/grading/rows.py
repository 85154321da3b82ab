"""The rows of a class: a CSV file, or a folder of sheets; each with its line, bad ones too.

Lines are read within bounds and each by itself, so that a quote that is never closed or a line without
end spoils its own row and no other.
"""

import csv
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


def header(path: Path) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and what stands between them."""
    with _opened(path) as file:
        text, _ = _line(file)
    line = (text or "").lstrip("\ufeff")
    between = max(",;\t", key=line.count)
    cells = next(iter(csv.reader([line], delimiter=between)), [])
    names = tuple(cell.strip() for cell in cells)
    if not any(names):
        raise FileError(f"{path}: has no row of keys; write name,h1_in,h2_in in its first line")
    if len(names) > MOST_COLUMNS:
        raise FileError(f"{path}: has more than {MOST_COLUMNS} columns")
    again = {name for name in names if name and names.count(name) > 1}
    if again:
        raise FileError(f"{path}:1: the column '{printable(min(again))[:60]}' is there twice")
    return names, between


def of_csv(path: Path, between: str, columns: int) -> Iterator[Row]:
    """Every row below the keys, in order."""
    with _opened(path) as file:
        number, line = 1, _line(file)[0]
        while True:
            first = number + 1
            line, wrong = _line(file)
            if line is None:
                return
            number += 1
            if not wrong and line.count('"') % 2:
                line, more, wrong = _closed(file, line)
                number += more
            if not wrong and not line.strip():
                continue
            yield _row(first, line, wrong, between, columns)


def of_folder(path: Path) -> Iterator[tuple[str, "sheet.Sheet | None", str]]:
    """The name of each sheet of a folder, the sheet, and what is wrong with it."""
    for file in sorted(p for p in path.iterdir() if p.suffix.lower() in _SHEETS and p.is_file()):
        try:
            yield file.name, sheet.load(file), ""
        except HandcalcError as error:
            yield file.name, None, str(error).splitlines()[0]


def as_rows(scheme: Scheme, path: Path) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The sheets of a folder as rows: their files and names, then a column a key."""
    keys = [*scheme.figures, *(s.key for a in scheme.answers.values() for s in a.steps)]
    names = ("file", "name", *keys)

    def rows() -> Iterator[Row]:
        for number, (file, found, wrong) in enumerate(of_folder(path), 1):
            if found is None:
                yield Row(number, (file, "", *[""] * len(keys)), wrong)
                continue
            own = placed(scheme, found)
            by_key = {scheme.steps.key(ref): text for ref, text in own.numbers.items()}
            by_key |= own.figures
            cells = tuple(_with_point(by_key.get(key, ""), found.comma) for key in keys)
            yield Row(number, (file, found.name, *cells), "; ".join(own.remarks))

    return names, rows()


def _with_point(text: str, comma: bool) -> str:
    return text.replace(".", "").replace(",", ".") if comma else text


def _row(line: int, text: str, wrong: str, between: str, columns: int) -> Row:
    if wrong:
        return Row(line, ("",) * columns, wrong)
    try:
        cells = next(csv.reader([text], delimiter=between, strict=False))
    except (csv.Error, StopIteration):
        return Row(line, ("",) * columns, "is no row of a CSV file")
    if len(cells) != columns:
        wrong = f"has {len(cells)} cells where the first line has {columns}"
    padded = [*cells[:columns], *[""] * (columns - len(cells))]
    return Row(line, tuple(padded), wrong)


def _closed(file: BinaryIO, line: str) -> tuple[str, int, str]:
    """A line with the ones that its open quote reaches into; without an end the line alone is bad."""
    place, whole = file.tell(), line
    for more in range(1, MOST_JOINED + 1):
        following, wrong = _line(file)
        if following is None or wrong:
            break
        whole += following
        if whole.count('"') % 2 == 0:
            return whole, more, ""
    file.seek(place)
    return line, 0, "has a quote that is not closed"


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
        return raw.decode("utf-8", "replace"), "is not UTF-8 text"
    return (text.replace("\0", "�"), "holds a NUL byte") if "\0" in text else (text, "")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        said = error.strerror or "it cannot be opened"
        raise FileError(f"{path}: cannot be read: {said}; check the name") from None
