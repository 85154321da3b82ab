"""An answer sheet: what somebody typed under which key, in YAML, JSON, CSV or `key = value` lines.

Every answer stays the text that was typed, so that 0.620 is not 0.62. Whatever the file holds, it is
read within bounds and nothing of it is run.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from handcalc.errors import FileError, printable
from handcalc.grading.answer import MAX_LENGTH
from handcalc.grading.reading import dialect, encoding, lists
from handcalc.grading.reading.decimal_signs import Choice
from handcalc.grading.reading.source import Source
from handcalc.grading.scheme import Scheme
from handcalc.problem import exact_yaml

MAX_BYTES = 4 * 2**20
MAX_ANSWERS = 100_000
MAX_DEPTH = 12
ABOUT = ("name", "student", "problem", "decimal")
"""Keys that are no answers."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one student by their keys; several in rows stay lists of texts."""

    name: str
    answers: dict[str, Any] = field(default_factory=dict)
    comma: bool | None = None
    """Is the decimal point a comma? None where the answers themselves must say it."""
    problem: str = ""
    """The problem that the sheet is for, if it says so."""
    remarks: tuple[str, ...] = ()
    """What is to be said of how the file was read."""


def load(path: Path, scheme: Scheme | None = None, decimal: Choice = "auto") -> Sheet:
    """The sheet in a file; `-` reads standard input. The scheme tells keys from other words."""
    with Source(path) as source:
        name, content = source.name, source.content(MAX_BYTES)
        if content.startswith(encoding.EXCEL):
            from handcalc.grading.reading.excel import Workbook

            book = Workbook(source)
            found, remarks = _from_table(name, list(islice(book.cells(), MAX_ANSWERS)), scheme)
            remarks = [*book.remarks, *remarks]
        else:
            text, taken = encoding.decoded(content, name)
            found, remarks = _read(path, name, text, scheme)
            remarks = [f"the sheet {taken.remark}", *remarks] if taken.remark else remarks
    if not isinstance(found, dict):
        raise FileError(f"{name}: is no answer sheet; write a line for each answer, h1_in: 0.43")
    comma = None if decimal == "auto" else decimal == "comma"
    return of(found, path.stem, comma, tuple(remarks))


def of(
    data: Mapping[str, Any],
    name: str = "",
    comma: bool | None = None,
    remarks: tuple[str, ...] = (),
) -> Sheet:
    """A sheet from what its file holds; `answers:` may stand around the answers."""
    inner = data.get("answers")
    answers = dict(inner) if isinstance(inner, dict) else {}
    rest = {key: value for key, value in data.items() if key != "answers" or not answers}
    about = {key: rest.pop(key) for key in ABOUT if isinstance(rest.get(key, []), str | None)}
    answers |= {str(key): value for key, value in rest.items()}
    own = about.get("name") or about.get("student") or name
    # `decimal: point` stands on the empty sheet already, so nobody has said it.
    says = comma is None and about.get("decimal") == "comma"
    return Sheet(
        printable(str(own))[:MAX_LENGTH],
        answers,
        True if says else comma,
        str(about.get("problem") or ""),
        remarks,
    )


def _read(path: Path, name: str, text: str, scheme: Scheme | None) -> tuple[Any, list[str]]:
    """What a text holds, by the suffix of its file, or by its first line."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv") or (suffix in (".txt", "") and _is_table(text, scheme)):
        return _from_table(name, _rows(name, text), scheme)
    if suffix == ".json":
        return _from_json(name, text), []
    if suffix in (".yaml", ".yml") or (suffix != ".txt" and not _has_lines(text)):
        return exact_yaml.read(name, text), []
    return _from_lines(name, text), []


def _is_table(text: str, scheme: Scheme | None) -> bool:
    """Is the first line one of cells, apart by tabs, or by semicolons or commas between keys?"""
    from handcalc.grading.reading.columns import keys

    line = next((line for line in text.split("\n") if line.strip()), "")
    if "=" in line or ":" in line:
        return bool(dialect.named_separator(line))
    cells = [cell.strip(' "') for cell in line.split(dialect.separator(line))]
    known = keys(scheme) if scheme else []
    return "\t" in line.strip() or (len(cells) > 1 and any(cell in known for cell in cells))


def _has_lines(text: str) -> bool:
    """Does the first line that says something have the form key = value?"""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            head = line.split("=", 1)[0]
            return "=" in line and ":" not in head
    return False


def _from_lines(name: str, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, plain in _whole_lines(text):
        key, sign, value = plain.partition("=")
        if not sign:
            key, sign, value = plain.partition(":")
        if not sign:
            raise FileError(f"{name}:{number}: has no = sign; write key = value")
        _put(found, key.strip(), value.strip(), f"{name}:{number}")
    return found


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, each with its number; a list that is open goes on below."""
    lines = [line.split("#", 1)[0].strip() for line in text.splitlines()]
    place = 0
    while place < len(lines):
        number, whole = place + 1, lines[place]
        place += 1
        answered = whole.partition("=" if "=" in whole else ":")[2].strip()
        while lists.is_open(answered) and place < len(lines) and "=" not in lines[place]:
            answered, whole = f"{answered} {lines[place]}", f"{whole} {lines[place]}"
            place += 1
        if whole:
            yield number, whole


def _rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file in which anything stands, each with its line."""
    lines = text.split("\n")
    begin = next((i for i, line in enumerate(lines) if line.strip()), 0)
    between = dialect.named_separator(lines[begin])
    begin += bool(between)
    between = between or dialect.separator("".join(lines[begin : begin + 1]))
    reader = csv.reader((line + "\n" for line in lines[begin:]), delimiter=between, strict=True)
    rows = []
    line = begin + 1
    try:
        for cells in reader:
            texts = [cell.strip() for cell in cells]
            if any(texts):
                rows.append((line, texts))
            line = begin + reader.line_num + 1
    except csv.Error as error:
        is_open = "unexpected end of data" in str(error)
        wrong = "has a quote that is not closed" if is_open else f"is no row of a CSV file: {error}"
        raise FileError(f"{name}:{line}: {wrong}; close it, or leave it out") from None
    return rows


def _from_table(
    name: str, lines: list[tuple[int, list[str]]], scheme: Scheme | None
) -> tuple[dict[str, Any], list[str]]:
    from handcalc.grading.reading.table_sheet import answers as answered

    found: dict[str, Any] = {}
    answers, remarks = answered(name, [row for row in lines if any(row[1])], scheme)
    for key, value, line in answers:
        _put(found, key, value, f"{name}:{line}")
    return found, remarks


def _from_json(name: str, text: str) -> Any:
    """JSON with its numbers as they were typed."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            _put(found, key, value, name)
        return found

    def as_typed(digits: str) -> str:
        return digits

    try:
        return json.loads(
            text,
            parse_float=as_typed,
            parse_int=as_typed,
            parse_constant=as_typed,
            object_pairs_hook=once,
        )
    except (ValueError, RecursionError):
        raise FileError(f'{name}: is no JSON; write {{"h1_in": 0.43}}') from None


def _put(found: dict[str, Any], key: str, value: Any, place: str) -> None:
    if key in found:
        raise FileError(
            f"{place}: '{printable(key)[:60]}' is answered twice; leave one of them out"
        )
    if len(found) >= MAX_ANSWERS:
        raise FileError(f"{place}: there are more than {MAX_ANSWERS} answers")
    found[key] = value
