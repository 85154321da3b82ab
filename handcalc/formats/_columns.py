"""Which columns of a table have room beside each other on paper; widths are those of a digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from handcalc.document import (
    Bar,
    Cell,
    Code,
    Inline,
    Ledger,
    Line,
    Mark,
    Math,
    Matrix,
    Table,
    Text,
    Way,
    words,
)
from handcalc.formats._plain import wide
from handcalc.formula.breadth import breadth, tall

GAP = 2.6
"""Between two columns."""
NARROWEST = 16.0
"""A column of words may be as narrow as this: its lines break."""
BAR = 14.0
"""A bar over the whole."""
LONG = 14
"""Rows from which on a table may break over pages."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, and how wide it is where its lines break."""

    at: int
    width: float | None = None


def as_table(block: Ledger) -> Table:
    """Four columns, without those that no row needs; the reason stands where a row has no formula."""
    rows = [_ledger_row(line) for line in block.lines]
    heads = (block.head, "formula", "with numbers", "value")
    used = [i for i in range(4) if any(row[i] for row in rows)]
    return Table(
        tuple(heads[i] for i in used),
        tuple(tuple(row[i] for i in used) for row in rows),
        frozenset({len(used) - 1}),
    )


def _ledger_row(line: Line) -> tuple[Cell, ...]:
    cells = [() if part is None else words(part) for part in (line.symbols, line.numbers)]
    if line.because:
        place = 1 if cells[0] else 0
        cells[place] += (*words("  " if cells[place] else ""), *line.because)
    value = () if line.value is None else words("" if line.exact else "≈ ", line.value)
    return (words(line.left), *cells, value)


def fits(block: Ledger, room: float) -> bool:
    """Has every row of it room on one line?"""
    made = as_table(block)
    return sum(_natural(made, i) for i in range(len(made.header))) <= room


def laid_out(table: Table, room: float) -> list[list[Column]]:
    """The columns, as one table or as several that begin with the first column."""
    natural = [_natural(table, i) for i in range(len(table.header))]
    least = [
        min(wanted, max(NARROWEST, _widest_formula(table, i)) + GAP)
        if _breaks(table, i)
        else wanted
        for i, wanted in enumerate(natural)
    ]
    return [_wrapped(part, natural, least, room) for part in _that_fit(least, room)]


def _wrapped(
    part: list[int], natural: Sequence[float], least: Sequence[float], room: float
) -> list[Column]:
    """What words need beyond their least is shared out of the room that is left."""
    wanted = sum(natural[i] - least[i] for i in part)
    left = room - sum(least[i] for i in part)
    if wanted <= left:
        return [Column(i) for i in part]
    share = max(left, 0) / wanted
    widths = {i: least[i] + share * (natural[i] - least[i]) - GAP for i in part}
    return [Column(i, widths[i] if natural[i] > least[i] else None) for i in part]


def _that_fit(widths: Sequence[float], room: float) -> list[list[int]]:
    if sum(widths) <= room:
        return [list(range(len(widths)))]
    found: list[list[int]] = []
    used = room
    for column in range(1, len(widths)):
        if not found or used + widths[column] > room:
            found.append([0])
            used = widths[0]
        found[-1].append(column)
        used += widths[column]
    return found or [[0]]


def _natural(table: Table, column: int) -> float:
    cells = [_cell(row[column]) for row in table.rows]
    return max([wide(table.header[column]), *cells]) + GAP


def _widest_formula(table: Table, column: int) -> float:
    """No line breaks within a formula."""
    cells = [cell for cell in (row[column] for row in table.rows) if isinstance(cell, tuple)]
    found = [width(i) for cell in cells for i in cell if isinstance(i, Math)]
    return max(found, default=0.0)


def _breaks(table: Table, column: int) -> bool:
    """Is it a column of words?"""
    return column not in table.numeric and any(
        " " in _said(row[column]) for row in table.rows if not _is_formula(row[column])
    )


def _is_formula(cell: Cell) -> bool:
    return not isinstance(cell, str | tuple)


def _said(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    return "".join(getattr(i, "text", "") for i in cell) if isinstance(cell, tuple) else ""


def _cell(cell: Cell) -> float:
    if isinstance(cell, str):
        return wide(cell)
    return sum(map(width, cell)) if isinstance(cell, tuple) else breadth(cell)


def width(inline: Inline) -> float:
    """How wide a part of a sentence is."""
    match inline:
        case Text() | Mark():
            return wide(inline.text)
        case Code():
            return 1.1 * len(inline.text)
        case Math():
            return breadth(inline.formula)
        case Way():
            return sum(2.0 if s is None else breadth(s) for s in inline.stations) + 3.0 * len(
                inline.stations
            )
        case Bar():
            return BAR * inline.share
        case _:
            assert_never(inline)


def is_tall(cell: Cell) -> bool:
    """Does a cell stand higher than a line of text?"""
    if isinstance(cell, str):
        return False
    if not isinstance(cell, tuple):
        return tall(cell)
    return any(isinstance(inline, Math) and tall(inline.formula) for inline in cell)


# --- matrices ----------------------------------------------------------------------------------


def cell_width(block: Matrix) -> float:
    """That of a column of a matrix, with the gap to the next one."""
    return max(len(cell) for row in block.rows for cell in row) + 2 + (1 if block.marked else 0)


def parts_of(block: Matrix, room: float) -> list[range]:
    """Its columns in blocks, as many beside each other as there is room for."""
    columns = len(block.rows[0])
    most = max(1, int(room // cell_width(block)))
    return [range(start, min(start + most, columns)) for start in range(0, columns, most)]


def size_of(block: Matrix) -> str:
    """2 × 3, or 28 × 28, of which 8 × 8."""
    rows, columns = len(block.rows), len(block.rows[0])
    if block.of is None:
        return f"{rows} × {columns}"
    return f"{block.of[0]} × {block.of[1]}, of which {rows} × {columns}"
