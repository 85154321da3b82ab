"""CSV with names in its first line: one column has the targets, the others the inputs."""

import csv
import io
from array import array
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc.data._examples import Examples, Typed, Wanted
from handcalc.data._source import content, shown, wrong
from handcalc.errors import FileError, UsageError, did_you_mean, listed, printable
from handcalc.fields import quoted

if TYPE_CHECKING:
    from handcalc.arrays import Array

OPTIONS = ("target",)
MOST_BYTES = 2**28
MOST_COLUMNS = 100_000


def suits(path: Path) -> bool:
    """Does its name end in .csv or .tsv, perhaps packed?"""
    return path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))


def read(path: Path, wanted: Wanted) -> Examples:
    """Every row a sample."""
    import numpy as np

    rows = _rows(path)
    _, names = next(rows, (1, []))
    names = [name.strip() for name in names]
    for name, number in Counter(filter(None, names)).items():
        if number > 1:
            said = f"has {number} columns called {quoted(name)}"
            raise _at(path, 1, f"{said}; give each a name of its own")
    place = _target(path, names, wanted)
    inputs, targets, lines = array("d"), list[str](), array("q")
    typed = None
    for line, cells in rows:
        if len(cells) != len(names):
            said = f"has {len(cells)} cells, the first line {len(names)}"
            raise _at(path, line, f"{said}; give every line a cell for each column")
        for column, cell in enumerate(cells):
            if column != place:
                inputs.append(_number(path, line, names[column], cell))
        targets.append(cells[place].strip())
        lines.append(line)
        if len(targets) == wanted.sample:
            typed = Typed(tuple(cells[:place] + cells[place + 1 :]), targets[-1])
    if not targets:
        raise wrong(path, "has no lines below its names; write a line for each sample")
    found = np.frombuffer(inputs, dtype=np.float64).reshape(len(targets), len(names) - 1)
    return Examples(found, *_targets(path, names[place], targets, lines), typed=typed)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty, with its number."""
    try:
        text = content(path, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise wrong(path, "is not UTF-8 text; save it as UTF-8") from None
    first = text.partition("\n")[0]
    # Of the signs that part columns the one that the first line has most of.
    delimiter = max((",", ";", "\t"), key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in lines:
            if len(cells) > MOST_COLUMNS:
                raise _at(
                    path, lines.line_num, f"has more than {MOST_COLUMNS:,} columns; write fewer"
                )
            if any(cell.strip() for cell in cells):
                yield lines.line_num, cells
    except csv.Error as error:
        raise _at(path, lines.line_num, f"is not read: {error}; check its quotes") from None


def _target(path: Path, names: list[str], wanted: Wanted) -> int:
    """The place of the column of the targets."""
    if len(names) < 2:
        raise wrong(path, "has no two columns; write names such as x1,x2,y in the first line")
    if not wanted.target:
        add = f"Add {wanted.option('target')}, one of {printable(listed(names))}"
        raise UsageError(f"{shown(path)}: which column is the target? {add}")
    if wanted.target not in names:
        said = f"{shown(path)}: there is no column {quoted(wanted.target)}"
        raise UsageError(f"{said}{printable(did_you_mean(wanted.target, names))}")
    return names.index(wanted.target)


def _targets(
    path: Path, column: str, cells: list[str], lines: "array[int]"
) -> "tuple[Array, tuple[str, ...]]":
    """Numbers; or words, which are the names of classes."""
    import numpy as np

    values = [_value(cell) for cell in cells]
    if not any(value is None for value in values):
        return np.array(values, dtype=np.float64), ()
    words = [i for i, cell in enumerate(cells) if _is_word(cell)]
    if len(words) < len(cells):
        # Numbers among words: whichever of them is no number is the slip; else an empty cell, or NaN.
        numeric = any(value is not None for value in values)
        astray = values.index(None) if numeric else min(set(range(len(cells))) - set(words))
        raise _no_number(path, lines[astray], column, cells[astray])
    classes = sorted(set(cells))
    numbers = {name: i for i, name in enumerate(classes)}
    return np.array([numbers[cell] for cell in cells]), tuple(map(printable, classes))


def _number(path: Path, line: int, column: str, cell: str) -> float:
    value = _value(cell)
    if value is None:
        raise _no_number(path, line, column, cell)
    return value


def _value(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    # Python reads 1_000 too, and infinity.
    return value if isfinite(value) and "_" not in cell else None


def _is_word(cell: str) -> bool:
    """Is it the name of a class, and not nothing, or what other programs write for no number?"""
    try:
        float(cell)
    except ValueError:
        return bool(cell)
    return False


def _no_number(path: Path, line: int, column: str, cell: str) -> Exception:
    has = f"has {quoted(cell)}" if cell.strip() else "has nothing"
    return _at(path, line, f"{has} in the column {quoted(column)}; write a number such as 0.5")


def _at(path: Path, line: int, what: str) -> Exception:
    return FileError(f"{shown(path)}:{line}: {what}")
