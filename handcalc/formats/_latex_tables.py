r"""Tables with the rules of booktabs, matrices as arrays: `pmatrix` ends at ten columns."""

from collections.abc import Callable, Iterator, Sequence

from handcalc.document import Cell, Inlines, Matrix, Rows, Table
from handcalc.formats._columns import (
    LONG,
    Column,
    cell_width,
    is_tall,
    laid_out,
    parts_of,
    size_of,
)
from handcalc.formats._latex_words import escaped
from handcalc.formula.breadth import SIGN, breadth
from handcalc.formula.tex import tex

Sentence = Callable[[Inlines], str]

MOST_ROWS = 30
"""Rows of a matrix that stand in one pair of brackets."""


def table(block: Table, room: float, sentence: Sentence) -> str:
    """One table, or several below each other that begin with the first column."""
    parts = [_table(block, part, sentence) for part in laid_out(block, room)]
    return "\n\n".join(parts)


def _table(block: Table, part: Sequence[Column], sentence: Sentence) -> str:
    kinds = "".join(_kind(column, block.numeric) for column in part)
    head = " & ".join(escaped(block.header[column.at]) for column in part)
    body = [_row([row[column.at] for column in part], sentence) for row in block.rows]
    top = [r"\toprule", rf"{head} \\", r"\midrule"]
    if len(body) < LONG:
        lines = [rf"\begin{{tabular}}{{{kinds}}}", *top, *body, r"\bottomrule", r"\end{tabular}"]
        return "\\begin{hctable}\n" + "\n".join(lines) + "\n\\end{hctable}"
    # A longtable knows the widths of its columns from the run before.
    ends = [r"\endhead", r"\bottomrule", r"\endfoot"]
    return "\n".join(
        [rf"\begin{{longtable}}[l]{{{kinds}}}", *top, *ends, *body, r"\end{longtable}"]
    )


def _kind(column: Column, numeric: frozenset[int]) -> str:
    if column.width is not None:
        return rf">{{\raggedright\arraybackslash}}p{{{column.width / 2:.1f}em}}"
    return "r" if column.at in numeric else "l"


def _row(cells: Sequence[Cell], sentence: Sentence) -> str:
    strut = r"\hcstrut " if any(map(is_tall, cells)) else ""
    return strut + " & ".join(_cell(cell, sentence) for cell in cells) + r" \\"


def _cell(cell: Cell, sentence: Sentence) -> str:
    if isinstance(cell, str):
        return escaped(cell)
    if isinstance(cell, tuple):
        return sentence(cell)
    return rf"$\displaystyle {tex(cell)}$"


def matrix(block: Matrix, room: float) -> str:
    """In brackets behind its name, or in blocks of columns with their numbers where it has no room."""
    name, rows = tex(block.name), len(block.rows)
    alone = len(block.rows[0]) * cell_width(block) + breadth(block.name) + SIGN
    if alone <= room and rows <= MOST_ROWS and block.of is None:
        body = _array(block, range(len(block.rows[0])), "r" * len(block.rows[0]), numbered=False)
        return f"\\hcdisplay\n\\[\n{name} = \\left[\n{body}\n\\right]\n\\]"
    said = rf"${name}$ ({escaped(size_of(block))}):"
    blocks = (
        f"\\hcdisplay\n\\[\n{_array(block, part, 'r|' + 'r' * len(part), numbered=True)}\n\\]"
        for part in parts_of(block, room - SIGN)
    )
    return "\n\n".join([said, *blocks])


def bracketed(rows: Rows) -> str:
    """A small matrix in brackets, its numbers under each other."""
    body = r" \\ ".join(" & ".join(_number(cell, False) for cell in row) for row in rows)
    return rf"\left[\begin{{array}}{{{'r' * len(rows[0])}}} {body} \end{{array}}\right]"


def _array(block: Matrix, part: range, kinds: str, *, numbered: bool) -> str:
    return "\n".join(
        [rf"\begin{{array}}{{{kinds}}}", *_lines(block, part, numbered), r"\end{array}"]
    )


def _lines(block: Matrix, part: range, numbered: bool) -> Iterator[str]:
    above, before = block.first
    if numbered:
        heads = " & ".join(rf"\scriptstyle {before + j}" for j in part)
        yield rf"& {heads} \\ \hline"
    for i, row in enumerate(block.rows):
        cells = [_number(row[j], (i, j) in block.marked) for j in part]
        first = [rf"\scriptstyle {above + i}"] if numbered else []
        yield " & ".join([*first, *cells]) + r" \\"


def _number(cell: str, marked: bool) -> str:
    """A number as it is shown, with a power of ten as one; anything else as words."""
    mantissa, e, exponent = cell.partition("e")
    plain = cell.replace("-", "", 1).replace(".", "", 1).isdecimal()
    if plain and cell.isascii():
        written = cell
    elif e and mantissa.strip("-.0123456789") == exponent.strip("+-0123456789") == "" != mantissa:
        written = rf"{mantissa} \cdot 10^{{{exponent}}}"
    else:
        written = rf"\text{{{escaped(cell)}}}"
    return rf"\hcmark{{{written}}}" if marked else written
