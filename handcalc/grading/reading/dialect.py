"""The dialect of a class's file: its encoding, what stands between cells, its decimal sign.

Marks go out in the dialect in which the class came in, so that the same program opens both.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TextIO

from handcalc.grading.reading.encoding import Encoding

Decimal = Literal["point", "comma"]
SEPARATORS = "\t;,"
_SEP_LINE = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file of rows is written."""

    encoding: str = "utf-8"
    marked: bool = False
    """Does the file begin with a byte order mark?"""
    separator: str = ","
    decimal: Decimal = "point"

    def writer(self, file: TextIO, *, marked: bool = True) -> Any:
        """A writer of rows; at the beginning of a file the mark is written first."""
        if self.marked and marked:
            file.write("\ufeff")
        return csv.writer(file, delimiter=self.separator, lineterminator="\n")

    def cells(self, cells: Sequence[str], begin: int = 0) -> Sequence[str]:
        """The cells of a row, numbers from a place on with the decimal sign of the class."""
        if self.decimal == "point":
            return cells
        return [*cells[:begin], *map(_with_comma, cells[begin:])]

    def rows(self, file: TextIO) -> Iterator[list[str]]:
        """The rows of a file that was written in this dialect."""
        if self.marked:
            file.read(1)
        return csv.reader(file, delimiter=self.separator)


def of(encoding: Encoding, separator: str) -> Dialect:
    """The dialect in which a file is read; only one with a mark is written with one."""
    return Dialect(encoding.name, bool(encoding.mark), separator)


def separator(heading: str) -> str:
    """What stands between the names of columns; in quotes and brackets it belongs to a name."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", heading)
    most = max(SEPARATORS, key=bare.count)
    return most if most in bare else ","


def named_separator(line: str) -> str:
    """What Excel's first line `sep=;` names; empty where the line is another."""
    named = _SEP_LINE.fullmatch(line.strip(" \r\n\ufeff"))
    return named[1] if named else ""


@lru_cache(maxsize=4096)
def _with_comma(cell: str) -> str:
    return cell.replace(".", ",") if _NUMBER.fullmatch(cell) else cell
