"""Tables whose head stands on every page again, and matrices in brackets."""

from collections.abc import Callable, Sequence

from handcalc.document import Cell, Inlines, Matrix, Rows, Table, words
from handcalc.formats._columns import Column, cell_width, laid_out, parts_of, size_of
from handcalc.formats._typst_words import escaped, quoted
from handcalc.formula.breadth import SIGN, breadth
from handcalc.formula.typst import typst

Sentence = Callable[[Inlines], str]

MOST_ROWS = 30
"""Rows of a matrix that stand in one pair of brackets."""


def table(block: Table, room: float, sentence: Sentence) -> str:
    """One table, or several below each other that begin with the first column."""
    return "\n\n".join(_table(block, part, sentence) for part in laid_out(block, room))


def _table(block: Table, part: Sequence[Column], sentence: Sentence) -> str:
    columns = ", ".join("auto" if c.width is None else f"{c.width / 2:.1f}em" for c in part)
    sides = ", ".join("right" if c.at in block.numeric else "left" for c in part)
    head = ", ".join(f"[{escaped(block.header[c.at])}]" for c in part)
    rows = [", ".join(f"[{_cell(row[c.at], sentence)}]" for c in part) for row in block.rows]
    return "\n".join(
        [
            f"#ruled(({columns},), ({sides},), ({head},),",
            *(f"  {row}," for row in rows),
            ")",
        ]
    )


def _cell(cell: Cell, sentence: Sentence) -> str:
    if isinstance(cell, str):
        return escaped(cell)
    return sentence(cell if isinstance(cell, tuple) else words(cell))


def matrix(block: Matrix, room: float) -> str:
    """In brackets behind its name, or in blocks of columns with their numbers where it has no room."""
    name, rows = typst(block.name), len(block.rows)
    alone = len(block.rows[0]) * cell_width(block) + breadth(block.name) + SIGN
    if alone <= room and rows <= MOST_ROWS and block.of is None:
        # A semicolon right behind a call would end the call, not the row.
        body = " ;\n".join(
            ", ".join(_number(cell, (i, j) in block.marked) for j, cell in enumerate(row))
            for i, row in enumerate(block.rows)
        )
        return f'$ {name} = mat(delim: "[", align: #right,\n{body}) $'
    said = f"${name}$ ({escaped(size_of(block))}):"
    return "\n\n".join([said, *(_numbered(block, part) for part in parts_of(block, room - SIGN))])


def bracketed(rows: Rows) -> str:
    """A small matrix in brackets, its numbers under each other."""
    body = " ;\n".join(", ".join(_number(cell, False) for cell in row) for row in rows)
    return f'mat(delim: "[", align: #right,\n{body})'


def _numbered(block: Matrix, part: range) -> str:
    """A part of the columns, with the numbers of its rows and columns beside them."""
    above, before = block.first
    head = ", ".join(f"[{before + j}]" for j in part)
    lines = [
        ", ".join(
            [f"[{above + i}]", *(f"${_number(row[j], (i, j) in block.marked)}$" for j in part)]
        )
        for i, row in enumerate(block.rows)
    ]
    return "\n".join([f"#numbered({len(part)}, ({head},),", *(f"  {row}," for row in lines), ")"])


def _number(cell: str, marked: bool) -> str:
    """A number as it is shown, with a power of ten as one; anything else as words."""
    mantissa, e, exponent = cell.partition("e")
    plain = cell.isascii() and cell.replace("-", "", 1).replace(".", "", 1).isdecimal()
    if plain:
        written = cell
    elif e and mantissa.strip("-.0123456789") == exponent.strip("+-0123456789") == "" != mantissa:
        written = f"{mantissa} · 10^({exponent})"
    else:
        written = quoted(cell)
    return f"#marked[${written}$]" if marked else written
