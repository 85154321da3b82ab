"""Equations in Typst: one display, its rows ended by a backslash."""

from handcalc.document import Line
from handcalc.formats._aligned import Paper, Sentence, aligned
from handcalc.formats._breaking import Printer, Row
from handcalc.formula.typst import BRACKETING

_PRINTER = Printer(BRACKETING, r"\(", r"\)")


def equations(lines: tuple[Line, ...], room: float, sentence: Sentence) -> str:
    """The equations, with their reasons in small letters behind them or below."""
    return "$ " + " \\\n  ".join(aligned(lines, room, _PAPER, sentence)) + " $"


def _sides(row: Row, _: float) -> str:
    return " ".join(f"{relation or 'quad'} {side}" for relation, side in row.sides)


def _reason(said: str) -> str:
    return f"quad #because[{said}]"


def _reason_below(said: str, room: float) -> str:
    return f"quad #box(width: {room / 2:.1f}em, because[{said}])"


_PAPER = Paper(_PRINTER, _sides, _reason, _reason_below)
