"""The blocks of a page, one after the other: equations, ledgers, drawings, notes."""

from collections.abc import Iterator
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from handcalc.document import (
    Block,
    Brackets,
    Code,
    Graph,
    Heading,
    Ledger,
    Line,
    Lines,
    Math,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Table,
)
from handcalc.formats._html_places import Places
from handcalc.formats._html_tables import Tables, rows
from handcalc.formats._html_words import Words, plain_words
from handcalc.formats._plain import NOTES
from handcalc.formats._plot_svg import curves
from handcalc.formats.svg import drawing
from handcalc.formula import Formula
from handcalc.formula.sources import with_sources
from handcalc.formula.text import text


class Blocks:
    """Writes blocks; the places know what each of them shows."""

    def __init__(self, places: Places) -> None:
        self._places, self.words = places, Words(places)
        self._tables = Tables(places, self.words)

    def write(self, block: Block) -> str:
        """One block."""
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                return f"<p>{self.words.inlines(block.inlines)}</p>"
            case Lines():
                return self._lines(block.lines)
            case Ledger():
                return self._ledger(block)
            case Matrix():
                return self._tables.matrix(block)
            case Brackets():
                return self._tables.brackets(block)
            case Table():
                return self._tables.table(block)
            case Graph():
                return f'<div class="drawing">{drawing(block)}</div>'
            case Plot():
                said = f"<figcaption>{plain_words(block.caption)}</figcaption>"
                return f"<figure>{curves(block)}{said}</figure>"
            case Note():
                name = f"<b>{NOTES[block.kind]}.</b>"
                said = self.words.inlines(block.inlines)
                return f'<p class="note {block.kind}">{name} {said}</p>'
            case _:
                assert_never(block)

    def heading(self, block: Heading) -> str:
        """Its number is its address in the page, #step-3.1; what is typed to see it alone stands beside it."""
        at = f" id={quoteattr('step-' + block.number)}" if block.number else ""
        plain = "".join(
            text(i.formula) if isinstance(i, Math) else self.words.inline(i) for i in block.title
        )
        shown = block.key and block.key != plain
        key = f" {self.words.inline(Code(block.key))}" if shown else ""
        tag = f"h{block.level}"
        return f"<{tag}{at}>{self.titled(block)}{key}</{tag}>"

    def titled(self, block: Heading) -> str:
        """The number of a step and what it finds."""
        number = f'<span class="number">{escape(block.number)}</span> ' if block.number else ""
        return number + self.words.title(block.title)

    def _lines(self, lines: tuple[Line, ...]) -> str:
        """Equations under each other; each side goes as a whole to the next line where it does not fit."""
        made = []
        for line in lines:
            at, name = self._left(line)
            sides = "\n".join(
                f'<span class="{kind}">{side}</span>' for kind, side in self._sides(line)
            )
            left = f'<span class="left">{name}</span>'
            made.append(f'<div class="line"{at}>{left} <span class="right">{sides}</span></div>')
        return '<div class="lines">\n' + "\n".join(made) + "\n</div>"

    def _left(self, line: Line) -> tuple[str, str]:
        """The address of an equation and its left side, which leads on where it was found before."""
        at = self._places.at_left(line)
        return at, self.words.math(line.left, bare=at.startswith(" id"))

    def _sides(self, line: Line) -> Iterator[tuple[str, str]]:
        """Each side of an equation, and what kind of thing it is; numbers and their value stay together."""
        if line.symbols is not None:
            yield "side", self.words.math(line.symbols, "=")
        numbers, value = _numbers(line), ""
        if line.value is not None:
            sign = f'<math><mo form="infix">{"=" if line.exact else "≈"}</mo></math>'
            shown = self.words.math(line.value)
            value = f'<span class="value">{sign}<span class="r">{shown}</span></span>'
        if numbers is not None:
            value = " ".join(filter(None, (self.words.math(numbers, "="), value)))
        if value:
            yield "side", value
        if line.because:
            yield "because", self.words.inlines(line.because)

    def _ledger(self, block: Ledger) -> str:
        """Four columns, without those that no row needs; the reason stands where a row has no formula."""
        attributes, made = [], []
        for line in block.lines:
            at, name = self._left(line)
            cells = [self.words.math(p) if p else "" for p in (line.symbols, _numbers(line))]
            said = self.words.inlines(line.because)
            reason = f'<span class="because">{said}</span>' if said else ""
            place = 1 if cells[0] else 0
            cells[place] = " ".join(filter(None, (cells[place], reason)))
            attributes.append(at)
            made.append([name, *cells, self._value(line)])
        heads = (block.head, "formula", "with numbers", "value")
        used = [i for i in range(4) if any(row[i] for row in made)]
        body = [[row[i] for i in used] for row in made]
        last = frozenset({len(used) - 1})
        return rows([plain_words(heads[i]) for i in used], body, last, "ledger", attributes)

    def _value(self, line: Line) -> str:
        if line.value is None:
            return ""
        return f'<span class="r">{self.words.math(line.value, "" if line.exact else "≈")}</span>'


def _numbers(line: Line) -> Formula | None:
    """The side of numbers, each of which knows whose value it is."""
    if line.numbers is None or line.symbols is None:
        return line.numbers
    return with_sources(line.numbers, line.symbols)
