"""Equations on paper, a row a line, aligned at their equals signs; reasons stand behind or below."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handcalc.document import Inlines, Line
from handcalc.formats._breaking import Printer, Row, rows
from handcalc.formats._columns import width
from handcalc.formula.breadth import breadth

Sentence = Callable[[Inlines], str]


@dataclass(frozen=True, slots=True)
class Paper:
    """How formulas, the sides of a row, and reasons in and below a row are written.

    Both are told how much room there is.
    """

    printer: Printer
    sides: Callable[[Row, float], str]
    reason: Callable[[str], str]
    reason_below: Callable[[str, float], str]


def aligned(lines: tuple[Line, ...], room: float, paper: Paper, sentence: Sentence) -> list[str]:
    """The rows of all equations; a left side that is too long for the column has a row of its own."""
    lefts = [breadth(line.left) for line in lines]
    column = max([left for left in lefts if left <= room / 3], default=0.0)
    return [
        row
        for line, left in zip(lines, lefts, strict=True)
        for row in _rows(line, room - column, paper, sentence, own_row=left > column)
    ]


def _rows(
    line: Line, room: float, paper: Paper, sentence: Sentence, *, own_row: bool
) -> Iterator[str]:
    left = paper.printer.bracketing.written(line.left)
    if own_row:
        yield f"& {left}"
        left = ""
    length = sum(map(width, line.because))
    wide = 0.0
    for row in rows(line, room, paper.printer):
        wide = row.breadth
        end = ""
        if line.because and row.last and wide + 4 + length <= room:
            end = " " + paper.reason(sentence(line.because))
        yield f"{left} &{paper.sides(row, room)}{end}".strip()
        left = ""
    if left:
        short = line.because and length <= room
        yield f"{left} & {paper.reason(sentence(line.because))}" if short else f"{left} &"
    if line.because and wide + 4 * (wide > 0) + length > room:
        yield f"& {paper.reason_below(sentence(line.because), max(room - 6, 20.0))}"
