r"""Equations in LaTeX: `align*`, a row a line of paper, aligned at its equals signs.

Unlike in Markdown a row may be as long as the page is wide, and pages break between rows.
"""

from collections.abc import Callable, Iterator

from handcalc.document import Inlines, Line
from handcalc.formats._breaking import Printer, Row, rows
from handcalc.formats._columns import width
from handcalc.formula.breadth import SIGN, breadth
from handcalc.formula.tex import factors, terms, tex

PRINTER = Printer(tex, terms, factors, r"\bigl(", r"\bigr)")
_RELATIONS = {"=": "= ", "≈": r"\approx ", "": r"\quad {} "}


def equations(lines: tuple[Line, ...], room: float, sentence: Callable[[Inlines], str]) -> str:
    """The equations, with their reasons in small letters behind them or below."""
    lefts = [breadth(line.left) for line in lines]
    column = max([left for left in lefts if left <= room / 3], default=0.0)
    made = [
        row
        for line, left in zip(lines, lefts, strict=True)
        for row in _rows(line, left > column, room - column, sentence)
    ]
    body = " \\\\\n".join(made)
    return f"\\hcdisplay\n\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _rows(
    line: Line, own_row: bool, room: float, sentence: Callable[[Inlines], str]
) -> Iterator[str]:
    left = tex(line.left)
    if own_row:
        yield f"& {left}"
        left = ""
    length = sum(map(width, line.because))
    wide = 0.0
    for row in rows(line, room, PRINTER):
        wide = row.breadth
        end = ""
        if line.because and row.last and wide + 4 + length <= room:
            end = rf" \qquad \hcwhy{{{sentence(line.because)}}}"
        yield f"{left} & {_sides(row, room)}{end}"
        left = ""
    if left:
        short = line.because and length <= room
        yield rf"{left} & \quad \hcwhy{{{sentence(line.because)}}}" if short else f"{left} &"
    if line.because and wide + 4 * (wide > 0) + length > room:
        share = max(room - 6, 20.0)
        yield f"{left} & \\quad \\hcreason{{{share:.0f}}}{{{sentence(line.because)}}}"


def _sides(row: Row, room: float) -> str:
    written = " ".join(_RELATIONS[relation] + side for relation, side in row.sides)
    return written if row.breadth <= room + SIGN else rf"\hcfit{{{room:.0f}}}{{{written}}}"
