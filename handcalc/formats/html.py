"""HTML: one page without a network, a script or a font of its own; formulas are MathML.

It is well-formed XML as well. How it looks is said in page.css alone.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from handcalc.document import (
    Bar,
    Block,
    Brackets,
    Cell,
    Code,
    Document,
    Graph,
    Heading,
    Inline,
    Inlines,
    Ledger,
    Line,
    Lines,
    Mark,
    Math,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Rows,
    Table,
    Text,
    Way,
)
from handcalc.errors import printable
from handcalc.formats._plain import NOTES
from handcalc.formats._plot_svg import curves
from handcalc.formats.svg import drawing
from handcalc.formula import Formula
from handcalc.formula.mathml import in_a_sentence, terms
from handcalc.formula.text import text

# Nothing is fetched or run, whatever words a page holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

# No page and no XML holds these, escaped or not.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def write(document: Document, *, ascii: bool = False, **_: object) -> str:
    """The document as a page; in ASCII other characters are written by their numbers."""
    title = _words(document.title)
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    body = "\n".join(map(_block, document.blocks))
    page = f"""<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
    page = _CONTROL.sub("�", page)
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii") if ascii else page


def _block(block: Block) -> str:
    match block:
        case Heading():
            return _heading(block)
        case Paragraph():
            return f"<p>{_inlines(block.inlines)}</p>"
        case Lines():
            return _lines(block.lines)
        case Ledger():
            return _ledger(block)
        case Matrix():
            return _matrix(block)
        case Brackets():
            signs = (_bracketed(part) for part in block.parts)
            return f'<div class="lines"><math display="block">{"".join(signs)}</math></div>'
        case Table():
            return _table(block)
        case Graph():
            return f'<div class="drawing">{drawing(block)}</div>'
        case Plot():
            said = f"<figcaption>{_words(block.caption)}</figcaption>"
            return f"<figure>{curves(block)}{said}</figure>"
        case Note():
            name = f"<b>{NOTES[block.kind]}.</b>"
            return f'<p class="note {block.kind}">{name} {_inlines(block.inlines)}</p>'
        case _:
            assert_never(block)


# --- words -------------------------------------------------------------------------------------


def _words(words: str) -> str:
    """Words as text and nothing else, with the minus of print and x = 2 kept on one line."""
    shown = re.sub(r"(?<![\w.)\]-])-(?=[0-9.])", "−", printable(words))
    return escape(shown).replace(" = ", "\u00a0=\u00a0")


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return _words(inline.text)
        case Code():
            return f"<code>{escape(printable(inline.text))}</code>"
        case Math():
            return f"<math>{in_a_sentence(inline.formula)}</math>"
        case Mark():
            return f'<b class="{inline.meaning}">{_words(inline.text)}</b>'
        case Way():
            stations = ("<mi>…</mi>" if s is None else in_a_sentence(s) for s in inline.stations)
            return f"<math>{'<mo>←</mo>'.join(stations)}</math>"
        case Bar():
            return f'<span class="bar" style="width:{6 * inline.share:.2f}em"></span>'
        case _:
            assert_never(inline)


def _math(formula: Formula, relation: str = "") -> str:
    """A formula, after `=` where it is a side of an equation; lines break between its terms."""
    first, *more = terms(formula)
    sign = f'<mo form="infix">{relation}</mo>' if relation else ""
    return "<wbr/>".join(f"<math>{term}</math>" for term in (sign + first, *more))


def _heading(block: Heading) -> str:
    """Its number is its address in the page, #step-3.1; what is typed to see it alone stands beside it."""
    at = f" id={quoteattr('step-' + block.number)}" if block.number else ""
    number = f'<span class="number">{escape(block.number)}</span> ' if block.number else ""
    plain = "".join(text(i.formula) if isinstance(i, Math) else _inline(i) for i in block.title)
    key = f" {_inline(Code(block.key))}" if block.key and block.key != plain else ""
    return f"<h{block.level}{at}>{number}{_inlines(block.title)}{key}</h{block.level}>"


# --- equations ---------------------------------------------------------------------------------


def _lines(lines: tuple[Line, ...]) -> str:
    """Equations under each other; each side goes as a whole to the next line where it does not fit."""
    made = []
    for line in lines:
        sides = "\n".join(f'<span class="{kind}">{side}</span>' for kind, side in _sides(line))
        left = f'<span class="left">{_math(line.left)}</span>'
        made.append(f'<div class="line">{left} <span class="right">{sides}</span></div>')
    return '<div class="lines">\n' + "\n".join(made) + "\n</div>"


def _sides(line: Line) -> Iterator[tuple[str, str]]:
    """Each side of an equation, and what kind of thing it is."""
    for part in (line.symbols, line.numbers):
        if part is not None:
            yield "side", _math(part, "=")
    if line.value is not None:
        yield "side value", _math(line.value, "=" if line.exact else "≈")
    if line.because:
        yield "because", _inlines(line.because)


def _ledger(block: Ledger) -> str:
    """Four columns, without those that no row needs; the reason stands where a row has no formula."""
    rows = []
    for line in block.lines:
        cells = [_math(part) if part else "" for part in (line.symbols, line.numbers)]
        reason = f'<span class="because">{_inlines(line.because)}</span>' if line.because else ""
        place = 1 if cells[0] else 0
        cells[place] = (
            f"{cells[place]} {reason}" if cells[place] and reason else cells[place] or reason
        )
        value = _math(line.value, "" if line.exact else "≈") if line.value is not None else ""
        rows.append([_math(line.left), *cells, value])
    heads = (block.head, "formula", "with numbers", "value")
    used = [i for i in range(4) if any(row[i] for row in rows)]
    body = [_row([row[i] for i in used], {len(used) - 1}) for row in rows]
    return _rows([_words(heads[i]) for i in used], body, {len(used) - 1}, "ledger")


# --- matrices and tables -----------------------------------------------------------------------


def _bracketed(part: Rows | str) -> str:
    """A matrix in brackets, or the sign between two of them."""
    if isinstance(part, str):
        return f"<mo>{escape(part)}</mo>"
    rows = (
        f"<mtr>{''.join(f'<mtd><mn>{escape(cell)}</mn></mtd>' for cell in row)}</mtr>"
        for row in part
    )
    return f"<mrow><mo>[</mo><mtable>{''.join(rows)}</mtable><mo>]</mo></mrow>"


def _matrix(block: Matrix) -> str:
    """Cells between brackets, with the numbers of rows and columns beside them."""
    above, before = block.first
    rows, columns = len(block.rows), len(block.rows[0])
    whole = block.of or (rows, columns)
    size = f"{whole[0]} × {whole[1]}" + (f", of which {rows} × {columns}" if block.of else "")
    numbers = "".join(f'<th scope="col">{before + j}</th>' for j in range(columns))
    body = (
        f'<tr><th scope="row">{above + i}</th>'
        + "".join(
            f"<td><mark>{_words(cell)}</mark></td>"
            if (i, j) in block.marked
            else f"<td>{_words(cell)}</td>"
            for j, cell in enumerate(row)
        )
        + "</tr>"
        for i, row in enumerate(block.rows)
    )
    caption = f'<caption>{_math(block.name)} <span class="size">{size}</span></caption>'
    return _boxed(f'<table class="matrix">\n{caption}', f"<tr><td></td>{numbers}</tr>", body)


def _table(block: Table) -> str:
    body = [_row([_cell(cell) for cell in row], block.numeric) for row in block.rows]
    return _rows([_words(head) for head in block.header], body, block.numeric)


def _cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return _inlines(cell)
    return _words(cell) if isinstance(cell, str) else _math(cell)


def _rows(
    heads: list[str], body: list[str], numeric: frozenset[int] | set[int], kind: str = ""
) -> str:
    """A table in a box of its own, in which it moves where it is wider than the page."""
    columns = "".join(
        f'<th scope="col"{_right(i, numeric)}>{head}</th>' if head else "<td></td>"
        for i, head in enumerate(heads)
    )
    name = f' class="{kind}"' if kind else ""
    return _boxed(f"<table{name}>", f"<tr>{columns}</tr>", body)


def _boxed(table: str, head: str, body: Iterable[str]) -> str:
    rows = "\n".join(body)
    return f"""<div class="scroll">{table}
<thead>{head}</thead>
<tbody>
{rows}
</tbody>
</table></div>"""


def _row(cells: list[str], numeric: frozenset[int] | set[int]) -> str:
    """The first cell says what the others are about."""
    first = f'<th scope="row"{_right(0, numeric)}>{cells[0]}</th>'
    more = (f"<td{_right(i, numeric)}>{cell}</td>" for i, cell in enumerate(cells) if i)
    return f"<tr>{first}{''.join(more)}</tr>"


def _right(column: int, numeric: frozenset[int] | set[int]) -> str:
    return ' class="n"' if column in numeric else ""
