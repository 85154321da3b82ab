r"""Equations in LaTeX: `align*`.

A row may be as long as the page is wide, and pages break between rows.
"""

from handcalc.document import Line
from handcalc.formats._aligned import Paper, Sentence, aligned
from handcalc.formats._breaking import Printer, Row
from handcalc.formula.breadth import SIGN
from handcalc.formula.tex import BRACKETING

_PRINTER = Printer(BRACKETING, r"\bigl(", r"\bigr)")
_RELATIONS = {"=": "= ", "≈": r"\approx ", "": r"\quad {} "}


def equations(lines: tuple[Line, ...], room: float, sentence: Sentence) -> str:
    """The equations, with their reasons in small letters behind them or below."""
    body = " \\\\\n".join(aligned(lines, room, _PAPER, sentence))
    return f"\\hcdisplay\n\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _sides(row: Row, room: float) -> str:
    written = " " + " ".join(_RELATIONS[relation] + side for relation, side in row.sides)
    return written if row.breadth <= room + SIGN else rf"\hcfit{{{room:.0f}}}{{{written}}}"


def _reason(said: str) -> str:
    return rf"\qquad \hcwhy{{{said}}}"


def _reason_below(said: str, room: float) -> str:
    return rf"\quad \hcreason{{{room:.0f}}}{{{said}}}"


_PAPER = Paper(_PRINTER, _sides, _reason, _reason_below)
