"""Equations in Typst, a row a line of paper, aligned at their equals signs."""

from collections.abc import Callable, Iterator

from handcalc.document import Inlines, Line
from handcalc.formats._breaking import Printer, rows
from handcalc.formats._columns import width
from handcalc.formula.breadth import breadth
from handcalc.formula.typst import factors, terms, typst

PRINTER = Printer(typst, terms, factors, r"\(", r"\)")


def equations(lines: tuple[Line, ...], room: float, sentence: Callable[[Inlines], str]) -> str:
    """The equations, with their reasons in small letters behind them or below."""
    lefts = [breadth(line.left) for line in lines]
    column = max([left for left in lefts if left <= room / 3], default=0.0)
    made = [
        row
        for line, left in zip(lines, lefts, strict=True)
        for row in _rows(line, left > column, room - column, sentence)
    ]
    return "$ " + " \\\n  ".join(made) + " $"


def _rows(
    line: Line, own_row: bool, room: float, sentence: Callable[[Inlines], str]
) -> Iterator[str]:
    left = typst(line.left)
    if own_row:
        yield f"& {left}"
        left = ""
    length = sum(map(width, line.because))
    wide = 0.0
    for row in rows(line, room, PRINTER):
        wide = row.breadth
        end = ""
        if line.because and row.last and wide + 4 + length <= room:
            end = f" quad #because[{sentence(line.because)}]"
        written = " ".join(f"{relation or 'quad'} {side}" for relation, side in row.sides)
        yield f"{left} &{written}{end}".strip()
        left = ""
    if left:
        short = line.because and length <= room
        yield f"{left} & quad #because[{sentence(line.because)}]" if short else f"{left} &"
    if line.because and wide + 4 * (wide > 0) + length > room:
        share = max(room - 6, 20.0) / 2
        yield f"& quad #box(width: {share:.1f}em, because[{sentence(line.because)}])"
