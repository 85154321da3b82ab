"""CSV: the tables of a document for a spreadsheet, each below its heading, a line apart."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from handcalc.document import (
    Bar,
    Block,
    Brackets,
    Cell,
    Document,
    Graph,
    Heading,
    Inline,
    Inlines,
    Ledger,
    Lines,
    Math,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Table,
    Way,
)
from handcalc.errors import UsageError, safe
from handcalc.formats._graph import as_table
from handcalc.formula.text import text

_NUMBER = re.compile(r"[+-]?[0-9.,]*(e[+-]?[0-9]+)?")

Rows = list[list[str]]


def write(document: Document, **_: object) -> str:
    """The tables, and nothing else; a document that has none is refused."""
    tables = list(_tables(document.blocks))
    if not tables:
        said = f"'{document.title}' has no table to be written as CSV"
        raise UsageError(f"{said}; write --format markdown, or another")
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    for place, (title, rows) in enumerate(tables):
        if place:
            writer.writerow([])
        if title and len(tables) > 1:
            writer.writerow([_safe(title)])
        writer.writerows([_safe(cell) for cell in row] for row in rows)
    return content.getvalue()


def _tables(blocks: Iterable[Block]) -> Iterator[tuple[str, Rows]]:
    """Each table with the heading above it."""
    title = ""
    for block in blocks:
        match block:
            case Heading():
                title = f"{block.number} {_inlines(block.title)}".strip()
            case Table():
                yield title, list(_table(block))
            case Ledger():
                heads = [block.head, "formula", "with numbers", "value", ""]
                yield title, [heads, *_ledger(block)]
            case Graph():
                yield title, list(_table(as_table(block)))
            case Plot():
                yield from _plot(block)
            case Matrix():
                yield text(block.name), [list(row) for row in block.rows]
            case Paragraph() | Lines() | Brackets() | Note():
                pass
            case _:
                assert_never(block)


def _table(block: Table) -> Iterator[list[str]]:
    """The columns that have a head: bars are drawings of the numbers beside them."""
    kept = [i for i, head in enumerate(block.header) if head]
    yield [block.header[i] for i in kept]
    yield from ([_cell(row[i]) for i in kept] for row in block.rows)


def _plot(block: Plot) -> Iterator[tuple[str, Rows]]:
    """The points of the path with their steps, and a column for each curve; where it breaks the cell is empty."""
    if block.path:
        rows = [[str(v.step), *map(_number, v.at)] for v in block.path]
        yield block.caption, [["step", block.x, block.y], *rows]
    values = [dict(curve.there) for curve in block.curves]
    xs = sorted({x for points in values for x in points})
    cells = ([_number(p[x]) if x in p else "" for p in values] for x in xs)
    head = [block.x, *(curve.name for curve in block.curves)]
    yield block.caption, [head, *([_number(x), *row] for x, row in zip(xs, cells, strict=True))]


def _number(value: float) -> str:
    return f"{value:.10g}"


def _ledger(block: Ledger) -> Iterator[list[str]]:
    for line in block.lines:
        sides = (line.left, line.symbols, line.numbers, line.value)
        yield [*("" if side is None else text(side) for side in sides), _inlines(line.because)]


def _cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return _inlines(cell)
    return cell if isinstance(cell, str) else text(cell)


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    if isinstance(inline, Math):
        return text(inline.formula)
    if isinstance(inline, Way):
        return " ← ".join("…" if s is None else text(s) for s in inline.stations)
    return "" if isinstance(inline, Bar) else inline.text


def _safe(cell: str) -> str:
    """A number may begin with a sign, or be left out with a dash; nothing else may begin like a formula."""
    return cell if _NUMBER.fullmatch(cell) else safe(cell)
