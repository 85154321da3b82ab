"""Typst: pages of A4 or letter paper; whoever has it sets them, and `-o solution.pdf` does so at once.

The source needs nothing but itself: no package, no file, no font that Typst does not bring along.
"""

import re
from typing import assert_never

from handcalc.document import (
    Bar,
    Block,
    Brackets,
    Code,
    Document,
    Graph,
    Heading,
    Inline,
    Inlines,
    Ledger,
    Lines,
    Mark,
    Math,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Table,
    Text,
    Way,
)
from handcalc.formats._columns import as_table, fits
from handcalc.formats._graph import as_table as tree
from handcalc.formats._pages import steps
from handcalc.formats._plain import NOTES
from handcalc.formats._typst_equations import equations
from handcalc.formats._typst_tables import bracketed, matrix, table
from handcalc.formats._typst_words import escaped, quoted, source, typed
from handcalc.formats.svg import styled
from handcalc.formula.breadth import tall
from handcalc.formula.text import text
from handcalc.formula.typst import in_a_sentence, typst

WIDEST = 1000
"""Pixels of a drawing that can still be read when it is as wide as a page."""
ROOM = 84.0
"""Digits that stand beside each other on a page."""
_PAPERS = {"a4": "a4", "letter": "us-letter"}
_COLOURS = {"right": "#1b6b33", "follows": "#23527c", "wrong": "#b0241c", "undecided": "#7d5400"}

_STYLE = """\
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#set par(leading: 0.6em, spacing: 0.9em)
#show math.equation: set text(font: "New Computer Modern Math")
#show math.equation.where(block: true): set align(left)
#show math.equation.where(block: true): it => pad(left: 1.2em, it)
#show math.equation: set block(breakable: true)
#set math.mat(row-gap: 0.45em, column-gap: 0.9em)
#show raw: set text(font: "DejaVu Sans Mono", size: 1em)
#show heading: set block(sticky: true, above: 1.4em, below: 0.8em)
#show heading: set text(size: 11pt)
#show heading.where(level: 2): set text(size: 13pt)

// What has room on half a page stays together.
#let step(level, body) = block(above: if level < 3 { 1.8em } else { 1.5em }, layout(size => {
  let tall = measure(block(width: size.width, body)).height
  block(width: 100%, breakable: tall > 0.6 * size.height, body)
}))
#let tall(body) = box(inset: (y: 0.4em), body)
#let ruled(columns, sides, head, ..cells) = block(table(
  columns: columns, align: (x, y) => sides.at(x) + horizon, stroke: none, inset: (x: 0.5em, y: 0.36em),
  table.hline(stroke: 0.7pt), table.header(..head, table.hline(stroke: 0.4pt)), ..cells,
  table.hline(stroke: 0.7pt),
))
#let numbered(count, head, ..cells) = pad(left: 1.2em, block(table(
  columns: count + 1, align: right, stroke: none, inset: (x: 0.5em, y: 0.25em),
  table.vline(x: 1, stroke: 0.4pt), table.header([], ..head, table.hline(stroke: 0.4pt)), ..cells,
)))
#let marked(body) = box(stroke: 0.5pt, outset: 2pt, body)
#let because(body) = text(font: "Libertinus Serif", size: 0.9em, style: "italic", body)
#let key(body) = { h(1fr); text(size: 8.5pt, weight: "regular", body) }
#let fitted(body) = layout(size => {
  let wide = measure(body).width
  if wide > size.width { scale(size.width / wide * 100%, reflow: true, origin: left, body) } else { body }
})
#let drawn(source) = fitted(image(bytes(source), format: "svg"))
"""


def write(document: Document, *, paper: str = "a4", **_: object) -> str:
    """The document as the source of its pages."""
    head = [
        f"#set document(title: {quoted(document.title)}, date: none)",
        f'#set page(paper: "{_PAPERS[paper]}", margin: 22mm, numbering: "1 / 1")',
        _STYLE,
        f'#align(center, text(size: 16pt, weight: "bold")[{escaped(document.title)}])',
    ]
    parts = [_step(step) for step in steps(document.blocks)]
    return "\n\n".join([*head, *parts]) + "\n"


def _step(step: list[Block]) -> str:
    body = "\n\n".join(map(_block, step))
    level = step[0].level if isinstance(step[0], Heading) else 0
    return f"#step({level})[\n{body}\n]" if level else body


def _block(block: Block) -> str:
    match block:
        case Heading():
            return _heading(block)
        case Paragraph():
            # What says what follows stays with it.
            said = _inlines(block.inlines)
            return f"#block(sticky: true)[{said}]" if said.endswith(":") else said
        case Lines():
            return equations(block.lines, ROOM, _inlines)
        case Ledger():
            if fits(block, ROOM):
                return table(as_table(block), ROOM, _in_cells)
            return equations(block.lines, ROOM, _inlines)
        case Matrix():
            return matrix(block, ROOM)
        case Brackets():
            signs = {"·": "dot.op", "≈": "approx"}
            parts = (signs.get(p, p) if isinstance(p, str) else bracketed(p) for p in block.parts)
            return f"$ {' '.join(parts)} $"
        case Table():
            return table(block, ROOM, _in_cells)
        case Graph():
            return _graph(block)
        case Plot():
            return f"#drawn({source(styled(block))})\n\n#emph[{escaped(block.caption)}]"
        case Note():
            return f"#text(size: 9.5pt)[*{NOTES[block.kind]}.* {_inlines(block.inlines)}]"
        case _:
            assert_never(block)


def _graph(block: Graph) -> str:
    """Drawn where its letters can be read on a page, else as the tree."""
    drawing = styled(block)
    found = re.search(r'width="(\d+)"', drawing)
    if found is not None and int(found[1]) <= WIDEST:
        return f"#drawn({source(drawing)})"
    return table(tree(block, indent="\u2003"), ROOM, _in_cells)


def _heading(block: Heading) -> str:
    """A number, what is found, and what to type to see it alone."""
    plain = "".join(text(i.formula) if isinstance(i, Math) else _inline(i) for i in block.title)
    key = f" #key[{typed(block.key)}]" if block.key and block.key != plain else ""
    number = f"{escaped(block.number)}#h(0.8em)" if block.number else ""
    return f"#heading(level: {block.level})[{number}{_inlines(block.title)}{key}]"


# --- words -------------------------------------------------------------------------------------


def _in_cells(inlines: Inlines) -> str:
    """In a table a fraction is as large as in an equation."""
    return "".join(map(_in_cell, inlines))


def _in_cell(inline: Inline) -> str:
    if not isinstance(inline, Math):
        return _inline(inline)
    written = f"$display({typst(inline.formula)})$"
    return f"#tall[{written}]" if tall(inline.formula) else written


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return escaped(inline.text)
        case Code():
            return typed(inline.text)
        case Math():
            return f"${in_a_sentence(inline.formula)}$"
        case Mark():
            said = escaped(inline.text)
            colour = _COLOURS.get(inline.meaning)
            return f'#text(fill: rgb("{colour}"))[{said}]' if colour else said
        case Way():
            stations = ("dots.h" if s is None else in_a_sentence(s) for s in inline.stations)
            return f"${' arrow.l '.join(stations)}$"
        case Bar():
            return f'#box(width: {7 * inline.share:.2f}em, height: 0.7em, fill: rgb("#23527c"))'
        case _:
            assert_never(inline)
