"""Whether a comma is a decimal sign, by the numbers in which it cannot be anything else.

0,43 is a decimal comma wherever it stands, and in 1,234.5 a comma stands between thousands; 1,234 may be
either: there the comma is what it is in the numbers beside it.
"""

import re
from collections.abc import Iterable
from typing import Literal

Choice = Literal["auto", "point", "comma"]
BETWEEN = "\x1f"
_BEGIN = r"(?:^|\x1f)[\s=≈~]*[-+−]?"
_END = r"(?=\s*(?:\x1f|$|[eE*·x×]))"
UNSURE = re.compile(rf"{_BEGIN}[1-9][0-9]{{0,2}},[0-9]{{3}}{_END}")


def _sure(sign: str, other: str) -> re.Pattern[str]:
    """A number in which the decimal sign is this one, and none that may stand between thousands."""
    group = "[1-9][0-9]{0,2}"
    forms = (
        rf"(?:0[0-9]*|[0-9]{{4,}})?{sign}[0-9]+",
        rf"{group}{sign}(?:[0-9]{{1,2}}|[0-9]{{4,}})",
        rf"{group}(?:{other}[0-9]{{3}})+{sign}[0-9]*",
        rf"{group}(?:{other}[0-9]{{3}}){{2,}}",
    )
    return re.compile(rf"{_BEGIN}(?:{'|'.join(forms)}){_END}")


COMMA, POINT = _sure(",", r"\."), _sure(r"\.", ",")


def habit(cells: Iterable[str]) -> bool | None:
    """Is the decimal point a comma in these cells? None where they do not say, or say both."""
    text = BETWEEN.join(cells)
    comma, point = bool(COMMA.search(text)), bool(POINT.search(text))
    return None if comma == point else comma
