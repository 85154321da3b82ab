"""The terminal: rich text and tables, measured first so that no number is ever squeezed or lost.

A line of equations that is too long stands on several, aligned at the equals sign; a table that is
too wide becomes such lines; a matrix is split into blocks of columns.
"""

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, assert_never

from rich.box import ASCII, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from handcalc.document import (
    Bar,
    Block,
    Brackets,
    Cell,
    Code,
    Document,
    Graph,
    Heading,
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
    Table,
    Text,
    Way,
)
from handcalc.formats import _brackets as brackets
from handcalc.formats._graph import as_table
from handcalc.formats._plain import NOTES, bar, to_ascii, wide, wrapped
from handcalc.formats._plot_text import rows
from handcalc.formula.text import text

if TYPE_CHECKING:
    from handcalc.formula import Formula

WIDTH = 80
INDENT = 2
GAP = 3  # between the columns of a table
MOST_WORDS = 24  # characters of words that a column keeps on one line
GLUE_EQUALS = "\ue000=\ue000"  # keeps w1 = 0.5 on one line; printed as blanks
_NOTE_STYLES = {
    "convention": "dim",
    "difference": "yellow",
    "remark": "magenta",
    "checked": "green",
}
_CURVES = {
    "axis": "dim",
    "point": "bold yellow",
    "curve 1": "blue",
    "curve 2": "magenta",
    "curve 3": "green",
    "curve 4": "cyan",
}
_VERDICTS = {
    "right": "green",
    "follows": "cyan",
    "wrong": "red",
    "undecided": "yellow",
    "blank": "dim",
}


def write(
    document: Document, *, width: int = WIDTH, ascii: bool = False, color: bool = False, **_: object
) -> str:
    """The document as it is printed; `color` adds the escape codes of a terminal."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(width, 40),
        force_terminal=color,
        color_system="auto" if color else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
    )
    writer = _Writer(max(width, 40), ascii)
    rule = ("=" if ascii else "═") * min(len(document.title), width)
    parts = (part for block in document.blocks for part in writer.block(block))
    title = RichText(writer.words(document.title), style="bold")
    # One call for the whole page: each call of print costs as much as several of its lines.
    console.print(Group(title, RichText(rule, style="dim"), *parts))
    lines = buffer.getvalue().replace("\ue000", " ").split("\n")
    return "\n".join(line if color else line.rstrip() for line in lines)


class _Writer:
    """Turns blocks into rich renderables for one width and one character set."""

    def __init__(self, width: int, ascii_only: bool) -> None:
        self.width, self.ascii = width, ascii_only

    def block(self, block: Block) -> Iterator[RenderableType]:
        match block:
            case Heading():
                yield from self.heading(block)
            case Paragraph():
                yield self.indented(self.inlines(block.inlines))
            case Lines():
                yield self.indented(self.equations(block.lines), 2 * INDENT)
            case Ledger():
                yield self.indented(self.ledger(block), INDENT)
            case Matrix():
                yield self.indented(Group(*self.matrix(block)), 2 * INDENT)
            case Brackets():
                room = self.width - 2 * INDENT
                drawn = brackets.lines(block, room, ascii_only=self.ascii)
                yield self.indented(RichText(self.words("\n".join(drawn))), 2 * INDENT)
            case Table():
                yield self.indented(self.table(block), INDENT)
            case Graph():
                yield from self.block(as_table(block, ascii_only=self.ascii))
            case Plot():
                yield self.indented(self.plot(block))
            case Note():
                label, style = NOTES[block.kind], _NOTE_STYLES[block.kind]
                line = RichText(f"{label}: ", style=f"bold {style}" if style != "dim" else style)
                line.append_text(self.inlines(block.inlines, style if style == "dim" else ""))
                yield self.indented(line)
            case _:
                assert_never(block)

    def plot(self, block: Plot) -> RenderableType:
        """The drawing as text that wraps nowhere, and its caption."""
        drawn = [
            RichText("", no_wrap=True).join(
                RichText(run.text, _CURVES.get(run.kind, "")) for run in row
            )
            for row in rows(block, self.width - INDENT, ascii_only=self.ascii)
        ]
        return Group(
            "", RichText("\n").join(drawn), RichText(self.words(block.caption), "italic"), ""
        )

    # --- words ---------------------------------------------------------------------------------

    def words(self, words: str) -> str:
        if not self.ascii:
            return words
        return to_ascii(words)

    def formula(self, formula: "Formula") -> str:
        return self.words(text(formula, self.ascii))

    def cell(self, cell: Cell) -> RichText:
        if isinstance(cell, str):
            return RichText(self.words(cell))
        if not isinstance(cell, tuple):
            return RichText(self.formula(cell))
        line = self.inlines(cell)
        return RichText(line.plain.replace(" = ", GLUE_EQUALS), spans=line.spans)

    def inlines(self, inlines: Inlines, style: str = "") -> RichText:
        line = RichText(style=style)
        for inline in inlines:
            match inline:
                case Text():
                    line.append(self.words(inline.text))
                case Code():
                    line.append(self.words(inline.text), "cyan")
                case Math():
                    line.append(self.formula(inline.formula), "cyan")
                case Mark():
                    line.append(self.words(inline.text), _VERDICTS[inline.meaning])
                case Way():
                    stations = ("…" if s is None else self.formula(s) for s in inline.stations)
                    line.append(self.words(" ← ".join(stations)), "cyan")
                case Bar():
                    line.append(bar(inline.share, ascii_only=self.ascii))
                case _:
                    assert_never(inline)
        return line

    def indented(self, content: RenderableType, by: int = INDENT) -> Padding:
        return Padding(content, (0, 0, 0, by))

    def heading(self, block: Heading) -> Iterator[RenderableType]:
        title = RichText(f"{block.number}  " if block.number else "", style="bold")
        title.append_text(self.inlines(block.title))
        if block.level == 2:
            title.stylize("bold blue")
        key = block.key if block.key != title.plain.partition("  ")[2] else ""
        if key and len(title) + len(key) + 2 <= self.width:
            title.append(key.rjust(self.width - len(title)), "dim")
        yield RichText("")
        yield title

    # --- equations -----------------------------------------------------------------------------

    def equations(self, lines: tuple[Line, ...]) -> RichText:
        """Equations under each other; one that is too long is spread over several lines."""
        room = self.width - 2 * INDENT
        lefts = [self.formula(line.left) for line in lines]
        column = max(map(wide, lefts), default=0)
        column = column if column <= room // 3 else 0
        made = [
            self._equation(line, left + " " * (column - wide(left)), room)
            for line, left in zip(lines, lefts, strict=True)
        ]
        return RichText("\n").join(made)

    def sides(self, line: Line) -> list[tuple[str, str, str]]:
        """Relation, text and style of each side."""
        sides = [
            ("=", self.formula(part), "")
            for part in (line.symbols, line.numbers)
            if part is not None
        ]
        if line.value is not None:
            sides.append(("=" if line.exact else self.words("≈"), self.formula(line.value), "bold"))
        return sides

    def _equation(self, line: Line, left: str, room: int) -> RichText:
        sides = self.sides(line)
        one = " ".join(f"{relation} {side}" for relation, side, _ in sides)
        made = RichText(left, style="")
        made.stylize("cyan")
        if wide(left) + 1 + wide(one) <= room:
            for relation, side, style in sides:
                made.append(f" {relation} ", "not bold default").append(side, style or "default")
            used = wide(made.plain)
        else:
            margin = wide(left) if wide(left) <= room // 3 else INDENT
            if margin != wide(left):
                made.append("\n" + " " * margin)
            used = 0
            for i, (relation, side, style) in enumerate(sides):
                pieces = list(wrapped(side, room - margin - 3))
                for j, piece in enumerate(pieces):
                    start = "" if i + j == 0 else "\n" + " " * margin
                    made.append(f"{start} {relation if j == 0 else ' '} ", "default").append(
                        piece, style or "default"
                    )
                    used = margin + 3 + wide(piece)
        if line.because:
            reason = self.inlines(line.because).plain
            if used and used + 3 + len(reason) <= room:
                made.append("   ").append(reason, "dim italic")
            else:
                margin = min(wide(left), room // 3) + 3
                for piece in textwrap.wrap(reason, room - margin):
                    made.append("\n" + " " * margin).append(piece, "dim italic")
        return made

    # --- tables --------------------------------------------------------------------------------

    def ledger(self, block: Ledger) -> RenderableType:
        """Four columns where they fit, equations where they do not."""
        rows = [self._cells(line) for line in block.lines]
        heads = (block.head, "formula", "with numbers", "value")
        used = [i for i in range(4) if any(row[i] for row in rows)]
        widths = [max(len(heads[i]), *(len(row[i]) for row in rows)) for i in used]
        if sum(widths) + GAP * (len(used) - 1) > self.width - INDENT:
            return self.indented(self.equations(block.lines), INDENT)
        made = self._rich_table()
        for i in used:
            made.add_column(heads[i], no_wrap=True, width=widths[used.index(i)])
        styles = [self._styles(line, last=line is block.lines[-1]) for line in block.lines]
        # A column is one cell of many lines: nothing wraps, and rich is paid by the cell.
        columns = [
            RichText("\n").join(
                RichText(row[i], style[i]) for row, style in zip(rows, styles, strict=True)
            )
            for i in used
        ]
        made.add_row(*columns)
        return made

    def _cells(self, line: Line) -> list[str]:
        cells = [
            "" if part is None else self.formula(part) for part in (line.symbols, line.numbers)
        ]
        reason = self.inlines(line.because).plain
        if not cells[0]:
            cells[0] = reason
        elif not cells[1]:
            cells[1] = reason
        elif reason:
            cells[1] += f"  {reason}"
        value = "" if line.value is None else self.formula(line.value)
        if value and not line.exact:
            value = f"{self.words('≈')} {value}"
        return [self.formula(line.left), *cells, value]

    def _styles(self, line: Line, *, last: bool) -> tuple[str, str, str, str]:
        reason = "dim italic" if line.symbols is None else ""
        return (
            "cyan",
            reason,
            "dim italic" if line.numbers is None else "",
            "bold" if last else "",
        )

    def _rich_table(self) -> RichTable:
        return RichTable(
            box=ASCII if self.ascii else SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            header_style="dim",
        )

    def table(self, block: Table) -> RenderableType:
        block = replace(block, header=tuple(map(self.words, block.header)))
        rows = [[self.cell(c) for c in row] for row in block.rows]
        for row in rows:
            row[0].style = "cyan"
        widths = [
            max([len(head), *(len(row[i]) for row in rows)]) for i, head in enumerate(block.header)
        ]
        needed = sum(w for i, w in enumerate(widths) if i in block.numeric) + GAP * (
            len(widths) - 1
        )
        words = [w for i, w in enumerate(widths) if i not in block.numeric]
        if needed + sum(min(w, MOST_WORDS) for w in words) > self.width - INDENT:
            return Group(*self._in_parts(block, rows, widths))
        if sum(widths) + GAP * (len(widths) - 1) <= self.width - INDENT:
            return self._columns(block, rows, range(len(widths)))
        made = self._rich_table()
        for i, head in enumerate(block.header):
            fits = i in block.numeric or (len(words) > 1 and widths[i] <= MOST_WORDS)
            made.add_column(head, justify="right" if i in block.numeric else "left", no_wrap=fits)
        if len(words) > 1:
            made.columns[
                max(i for i in range(len(widths)) if i not in block.numeric)
            ].no_wrap = False
        for row in rows:
            made.add_row(*row)
        return made

    def _columns(
        self, block: Table, rows: list[list[RichText]], chosen: Sequence[int]
    ) -> RichTable:
        """Some columns, each as one cell of many lines, where nothing wraps: rich is paid by the cell."""
        made = self._rich_table()
        for i in chosen:
            side: Literal["right", "left"] = "right" if i in block.numeric else "left"
            made.add_column(block.header[i], justify=side, no_wrap=True)
        if rows:
            made.add_row(*(RichText("\n").join(row[i] for row in rows) for i in chosen))
        return made

    def _in_parts(
        self, block: Table, rows: list[list[RichText]], widths: list[int]
    ) -> Iterator[RenderableType]:
        """A table that is too wide: as several, each with the first column, or row by row."""
        room = self.width - INDENT - widths[0]
        if max(widths[1:]) + GAP > room:
            yield from (_record(block.header, row) for row in rows)
            return
        start = 1
        while start < len(widths):
            end = start + 1
            while end < len(widths) and sum(w + GAP for w in widths[start : end + 1]) <= room:
                end += 1
            made = self._columns(block, rows, [0, *range(start, end)])
            yield made if start == 1 else Group("", made)
            start = end

    def matrix(self, block: Matrix) -> Iterator[RenderableType]:
        """Blocks of columns, each with the numbers of its columns above; marks are brackets."""
        rows = [
            [_marked(c, (i, j) in block.marked) if block.marked else c for j, c in enumerate(row)]
            for i, row in enumerate(block.rows)
        ]
        name, columns = self.formula(block.name), len(rows[0])
        above, before = block.first
        cell = max(len(c) for row in rows for c in row)
        cell = max(cell, len(str(before + columns - 1)))
        labels = len(str(above + len(rows) - 1)) + 2 if len(rows) > 1 else 0
        per_block = max(1, (self.width - 2 * INDENT - labels) // (cell + 2))
        whole = block.of or (len(rows), columns)
        part = f", of which {len(rows)} × {columns}" if block.of else ""
        size = self.words(f"{whole[0]} × {whole[1]}{part}")
        yield RichText(f"{name}   {size}", "cyan")
        for start in range(0, columns, per_block):
            end = min(start + per_block, columns)
            head = "".join(str(before + j).rjust(cell + 2) for j in range(start, end))
            lines = [RichText(" " * labels + head, "dim")]
            for i, row in enumerate(rows):
                line = RichText(str(above + i).rjust(labels - 2) + "  " if labels else "", "dim")
                for j in range(start, end):
                    style = "bold yellow" if (i, j) in block.marked else "default not dim"
                    line.append(row[j].rjust(cell + 2), style)
                lines.append(line)
            yield RichText("\n").join(lines)


def _marked(cell: str, mark: bool) -> str:
    """In brackets, or with blanks in their place, so that the digits stay under each other."""
    return f"[{cell}]" if mark else f" {cell} "


def _record(header: tuple[str, ...], row: list[RichText]) -> RichText:
    lines = [
        RichText(f"{head}: ").append_text(cell) for head, cell in zip(header, row, strict=True)
    ]
    return RichText("\n").join([*lines, RichText()])
