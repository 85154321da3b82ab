r"""Markdown with LaTeX that renders alike in GitHub, GitLab, VS Code, pandoc, MkDocs and Jupyter.

Formulas stand in `$…$` or in `$$` blocks of their own; equations with several rows are `aligned`,
one row a source line, because viewers keep `\\` only at the end of a line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

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
from handcalc.formats._graph import as_table
from handcalc.formats._pages import merged
from handcalc.formats._plain import NOTES, bar, wide
from handcalc.formats._plot_text import plain, rows
from handcalc.formula.tex import tex
from handcalc.formula.text import text

MOST_CHARACTERS = 900  # of one formula; viewers stop at 1000
MOST_SCRIPTS = 80  # braced indices of one formula; viewers stop at 99
ROW = 48  # characters that one side of an equation is wide
LINE = 62  # and a whole equation
ROOM = 72  # characters that a drawing of text is wide
_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_SAFE = re.compile(r"[A-Za-z0-9 .,()>=-]{1,60}")


def write(document: Document, **_: object) -> str:
    """The document as Markdown."""
    return f"{titled(document.title)}\n\n{written(document.blocks)}\n"


def written(blocks: Iterable[Block]) -> str:
    """Some blocks of a document; equations in one formula, as viewers draw only so many a page."""
    return "\n\n".join(part for block in merged(blocks, Lines | Ledger) for part in _block(block))


def titled(words: str) -> str:
    """The heading above a document."""
    return f"# {_plain(words)}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            number = f"{block.number} " if block.number else ""
            yield f"{'#' * block.level} {number}{_heading(block.title)}"
        case Paragraph():
            yield _inlines(block.inlines)
        case Lines():
            yield from _equations(block.lines)
        case Ledger():
            yield from _equations(block.lines)
        case Matrix():
            yield from _matrix(block)
        case Brackets():
            yield "$$\n" + "\n".join(_bracketed(part) for part in block.parts) + "\n$$"
        case Table():
            yield _table(block)
        case Graph():
            yield _tree(block)
        case Plot():
            # Not every viewer's font has braille as wide as its other characters.
            drawn = map(plain, rows(block, ROOM, ascii_only=True))
            yield "\n".join(["```text", *drawn, "```"])
            yield f"*{_plain(block.caption)}*"
        case Note():
            yield f"**{NOTES[block.kind]}.** {_inlines(block.inlines)}"
        case _:
            assert_never(block)


def _heading(inlines: Inlines) -> str:
    """Headings hold no math; a formula in one is set as code."""
    return "".join(f"`{text(i.formula)}`" if isinstance(i, Math) else _inline(i) for i in inlines)


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return _plain(inline.text)
        case Code():
            return f"`{inline.text}`"
        case Math():
            return f"${tex(inline.formula)}$"
        case Mark():
            return (
                f"**{_plain(inline.text)}**" if inline.meaning == "wrong" else _plain(inline.text)
            )
        case Way():
            # In code: some viewers draw no more than fifty formulas of a file.
            stations = ("…" if s is None else text(s) for s in inline.stations)
            return f"`{' ← '.join(stations)}`"
        case Bar():
            return bar(inline.share)
        case _:
            assert_never(inline)


def _plain(words: str) -> str:
    """Words that Markdown must not take for markup."""
    # A bracket is escaped as an entity: some viewers take a backslash before it for a formula.
    words = re.sub(r"([\\`*<>|~])|^#|(?<!\w)_|_(?!\w)", lambda m: "\\" + m.group(), words)
    return words.replace("](", "]&#40;").replace("][", "]&#91;").replace("$", "&#36;")


# --- equations ---------------------------------------------------------------------------------


def _equations(lines: tuple[Line, ...]) -> Iterator[str]:
    """Aligned blocks within the limits of the viewers, then the reasons that are no plain words."""
    reasons: list[str] = []
    rows: list[str] = []
    for line in lines:
        own = list(_rows(line, reasons))
        # An equation is kept together, unless it is too large for a block of its own.
        for group in [own] if _fits(own) else [[row] for row in own]:
            if rows and not _fits([*rows, *group]):
                yield _aligned(rows)
                rows = []
            rows += group
    yield _aligned(rows)
    if reasons:
        yield "\n".join(reasons)


def _fits(rows: list[str]) -> bool:
    characters = sum(len(row) + 4 for row in rows)
    scripts = sum(len(re.findall(r"[_^]\{", row)) for row in rows)
    return characters <= MOST_CHARACTERS and scripts <= MOST_SCRIPTS


def _aligned(rows: list[str]) -> str:
    body = " \\\\\n".join(rows)
    if len(rows) == 1 and "\\\\" not in body:
        alone = body.replace("&", "" if body[0] != "&" else "{} ", 1)
        return f"$$\n{alone}\n$$"
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _rows(line: Line, reasons: list[str]) -> Iterator[str]:
    """One equation as one row, or as a row for each of its sides."""
    sides = [tex(part) for part in (line.symbols, line.numbers) if part is not None]
    relations = ["="] * len(sides)
    if line.value is not None:
        sides.append(tex(line.value))
        relations.append("=" if line.exact else r"\approx")
    left, reason = tex(line.left), _reason(line.because, reasons)
    whole = " ".join(f"{r} {s}" for r, s in zip(relations, sides, strict=True))
    if _width(left) + _width(whole) <= LINE and "\n" not in whole:
        yield f"{left} &{whole}{reason}"
        return
    for i, (relation, side) in enumerate(zip(relations, sides, strict=True)):
        start = left if i == 0 else ""
        pieces = list(_pieces(side))
        for j, piece in enumerate(pieces):
            end = reason if i == len(sides) - 1 and j == len(pieces) - 1 else ""
            sign = f"{relation} " if j == 0 else r"\quad {} "
            yield f"{start} &{sign}{piece}{end}".strip()
            start = ""


def _pieces(side: str) -> Iterator[str]:
    """A long side cut before its outermost + and - signs."""
    if _width(side) <= ROW or "\n" in side:
        yield side
        return
    piece = ""
    for term in _terms(side):
        if piece and _width(piece) + _width(term) > ROW:
            yield piece.strip()
            piece = ""
        piece += term
    yield piece.strip()


def _width(formula: str) -> int:
    """About how many characters wide a formula is when it is drawn: fractions stand upright."""
    flat = formula
    while _FRACTION.search(flat):
        flat = _FRACTION.sub(lambda found: max(found[1], found[2], key=_drawn), flat)
    return _drawn(flat)


def _drawn(flat: str) -> int:
    commands = re.sub(r"\\(?:left|right|mathrm|text)\b", "", flat)
    return len(re.sub(r"[{}_^&\s]", "", re.sub(r"\\[A-Za-z]+", "x", commands)))


def _terms(side: str) -> Iterator[str]:
    depth, start = 0, 0
    for match in re.finditer(r"\{|\}|\\left|\\right| [+-] ", side):
        sign = match.group()
        if sign in ("{", r"\left"):
            depth += 1
        elif sign in ("}", r"\right"):
            depth -= 1
        elif depth == 0:
            yield side[start : match.start()]
            start = match.start()
    yield side[start:]


def _reason(because: Inlines, reasons: list[str]) -> str:
    """A short reason stands in the row; another one below the block, under a number."""
    if not because:
        return ""
    words = "".join(i.text for i in because if isinstance(i, Text | Code))
    if (
        _SAFE.fullmatch(words)
        and len(words) < 32
        and len(words) == sum(len(getattr(i, "text", " " * 99)) for i in because)
    ):
        return rf" \quad \text{{({words})}}"
    reasons.append(f"{len(reasons) + 1}. {_inlines(because)}")
    return rf" \quad (\mathrm{{{len(reasons)}}})"


# --- matrices and tables -----------------------------------------------------------------------


def _bracketed(part: Rows | str) -> str:
    """A matrix in brackets, or the sign between two of them."""
    if isinstance(part, str):
        # No line of a formula begins with a sign of its own, which would begin a list.
        return {"·": r"\cdot", "+": "{}+{}", "=": "{}={}", "≈": r"\approx"}[part]
    body = " \\\\\n".join(" & ".join(row) for row in part)
    return f"\\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}}"


def _matrix(block: Matrix) -> Iterator[str]:
    """A matrix of LaTeX, or of text where it is too large; marked cells are boxed."""
    rows, columns = len(block.rows), len(block.rows[0])
    name = tex(block.name)

    def cells(mark: str) -> list[list[str]]:
        return [
            [mark.format(c) if (i, j) in block.marked else c for j, c in enumerate(row)]
            for i, row in enumerate(block.rows)
        ]

    boxed = [" & ".join(row) for row in cells(r"\boxed{{{}}}")]
    size = sum(map(len, boxed)) + 8 * rows
    if block.of is None and columns <= 10 and rows <= 12 and size <= MOST_CHARACTERS - len(name):
        body = " \\\\\n".join(boxed)
        yield f"$$\n{name} =\n\\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}}\n$$"
        return
    plain = cells("[{}]")
    above, before = block.first
    width = max(len(cell) for row in plain for cell in row)
    lines = ["  ".join(cell.rjust(width) for cell in row) for row in plain]
    where = "" if block.first == (1, 1) else f", from row {above} and column {before} on"
    whole = f"{block.of[0]} × {block.of[1]}, of which " if block.of else ""
    yield f"${name}$ ({whole}{rows} × {columns}{where}):"
    yield "```text\n" + "\n".join(lines) + "\n```"


def _table(block: Table) -> str:
    def cell(content: Cell, column: int) -> str:
        if isinstance(content, tuple):
            return "".join(text(i.formula) if isinstance(i, Math) else _inline(i) for i in content)
        if isinstance(content, str):
            return _plain(content)
        return f"${tex(content)}$" if column == 0 else text(content)

    marks = ["--:" if i in block.numeric else "---" for i in range(len(block.header))]
    lines = [block.header, marks, *[[cell(c, i) for i, c in enumerate(row)] for row in block.rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _tree(block: Graph) -> str:
    """The graph as text, in which its branches stay where they are."""
    rows = [[_in_text(cell) for cell in row] for row in as_table(block).rows]
    header = list(as_table(block).header)
    widths = [max(map(wide, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in [header, *rows]:
        first, *numbers = row
        cells = [
            first.ljust(widths[0]),
            *(n.rjust(w) for n, w in zip(numbers, widths[1:], strict=True)),
        ]
        lines.append("   ".join(cells).rstrip())
    return "\n".join(["```text", *lines, "```"])


def _in_text(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return "".join(
            text(i.formula) if isinstance(i, Math) else getattr(i, "text", "") for i in cell
        )
    return cell if isinstance(cell, str) else text(cell)
