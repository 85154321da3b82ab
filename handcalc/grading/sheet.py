"""An answer sheet: what somebody typed under which key, in YAML, JSON, CSV or `key = value` lines.

Every answer stays the text that was typed, so that 0.620 is not 0.62. Whatever the file holds, it is
read within bounds and nothing of it is run.
"""

import csv
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from handcalc.errors import FileError, printable
from handcalc.grading.answer import MAX_LENGTH
from handcalc.problem import exact_yaml

MAX_BYTES = 4 * 2**20
MAX_ANSWERS = 100_000
MAX_DEPTH = 12

_ABOUT = ("name", "student", "problem", "decimal")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one student by their keys; several in rows stay lists of texts."""

    name: str
    answers: dict[str, Any] = field(default_factory=dict)
    comma: bool = False
    """Is the decimal point a comma?"""
    problem: str = ""
    """The problem that the sheet is for, if it says so."""


def load(path: Path) -> Sheet:
    """The sheet in a file; `-` reads standard input."""
    text = _text(path)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        found = _from_csv(path, text)
    elif suffix == ".json":
        found = _from_json(path, text)
    elif suffix in (".yaml", ".yml") or (suffix != ".txt" and not _has_lines(text)):
        found = exact_yaml.read(str(path), text)
    else:
        found = _from_lines(path, text)
    if not isinstance(found, dict):
        raise FileError(f"{path}: is no answer sheet; write a line for each answer, h1_in: 0.43")
    return of(found, path.stem)


def of(data: Mapping[str, Any], name: str = "") -> Sheet:
    """A sheet from what its file holds; `answers:` may stand around the answers."""
    inner = data.get("answers")
    answers = dict(inner) if isinstance(inner, dict) else {}
    rest = {key: value for key, value in data.items() if key != "answers" or not answers}
    about = {key: rest.pop(key) for key in _ABOUT if isinstance(rest.get(key, []), str | None)}
    answers |= {str(key): value for key, value in rest.items()}
    own = about.get("name") or about.get("student") or name
    return Sheet(
        printable(str(own))[:MAX_LENGTH],
        answers,
        about.get("decimal") == "comma",
        str(about.get("problem") or ""),
    )


def _text(path: Path) -> str:
    try:
        stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        with stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise FileError(f"{path}: cannot be read: {reason}; check the name") from None
    if len(content) > MAX_BYTES:
        raise FileError(f"{path}: is larger than {MAX_BYTES // 2**20} MB; a sheet is smaller")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise FileError(f"{path}: is not UTF-8 text; save the file as UTF-8") from None


def _has_lines(text: str) -> bool:
    """Does the first line that says something have the form key = value?"""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            head = line.split("=", 1)[0]
            return "=" in line and ":" not in head
    return False


def _from_lines(path: Path, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.split("#", 1)[0].strip()
        if not plain:
            continue
        key, sign, value = plain.partition("=")
        if not sign:
            key, sign, value = plain.partition(":")
        if not sign:
            raise FileError(f"{path}:{number}: has no = sign; write key = value")
        _put(found, key.strip(), value.strip(), f"{path}:{number}")
    return found


def _from_csv(path: Path, text: str) -> dict[str, Any]:
    """Two columns, key and answer; or a row of keys above a row of answers."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FileError(f"{path}: is no CSV file: {error}") from None
    found: dict[str, Any] = {}
    if len(rows) in (1, 2) and len(rows[0]) != 2:
        for key, value in zip_longest(rows[0], rows[-1] if len(rows) == 2 else (), fillvalue=""):
            _put(found, key.strip(), value.strip(), f"{path}:1")
        return found
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            raise FileError(f"{path}:{number}: has one cell; write the key and the answer")
        if number == 1 and row[0].strip().lower() == "key":
            continue
        cells = [cell.strip() for cell in row[1:]]
        _put(found, row[0].strip(), cells[0] if len(cells) == 1 else cells, f"{path}:{number}")
    return found


def _from_json(path: Path, text: str) -> Any:
    """JSON with its numbers as they were typed."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            _put(found, key, value, str(path))
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
        raise FileError(f'{path}: is no JSON; write {{"h1_in": 0.43}}') from None


def _put(found: dict[str, Any], key: str, value: Any, place: str) -> None:
    if key in found:
        raise FileError(
            f"{place}: '{printable(key)[:60]}' is answered twice; leave one of them out"
        )
    if len(found) >= MAX_ANSWERS:
        raise FileError(f"{place}: there are more than {MAX_ANSWERS} answers")
    found[key] = value
