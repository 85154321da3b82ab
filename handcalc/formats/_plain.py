"""Plain text: words in ASCII, and long equations cut where a person would cut them."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from handcalc.formula.greek import NAMES

_ASCII = str.maketrans(
    NAMES
    | {
        "∂": "d", "·": "*", "≈": "~", "−": "-", "Σ": "sum ", "Δ": "Delta ", "…": "...", "⋮": ":", "‖": "||", "×": "x", "—": "-", "–": "-", "ᵀ": "^T",
        "’": "'", "“": '"', "”": '"', "½": "1/2", "⋆": "corr", "∗": "conv", "°": " degrees", "′": "'",
        "█": "#", "≤": "<=", "≥": ">=", "→": "->", "←": "<-", "ℓ": "length", "\u0302": "_hat", "∞": "infinity",
    }
)  # fmt: skip
_RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻⁽⁾]+")
_LOWERED = re.compile("[₀-₉₊₋₍₎]+")


NOTES = {
    "convention": "Convention",
    "difference": "Difference",
    "remark": "Note",
    "checked": "Checked",
}
"""What a note is called."""

BAR = 20
"""Characters that a bar over the whole is wide."""


def bar(share: float, *, ascii_only: bool = False) -> str:
    """A part of a whole as a bar, to half a character; what is there at all is seen."""
    if ascii_only:
        return "#" * max(round(share * BAR), share > 0)
    halves = max(round(share * 2 * BAR), share > 0)
    return "█" * (halves // 2) + "▌" * (halves % 2)


def to_ascii(words: str) -> str:
    """The words without a character that an old terminal cannot show."""
    words = re.sub(r"√([0-9.]+)", r"sqrt(\1)", words).replace("√", "sqrt")
    words = _RAISED.sub(lambda run: "^" + _on_the_line(run[0]), words)
    words = _LOWERED.sub(lambda run: _on_the_line(run[0]), words)
    return words.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _on_the_line(run: str) -> str:
    """Raised or lowered digits and signs as plain ones."""
    return normalize("NFKC", run).replace("−", "-")


def wide(text: str) -> int:
    """How many columns a text takes: a hat stands over the letter before it."""
    return len(text) - text.count("\u0302")


def wrapped(side: str, room: int) -> Iterator[str]:
    """A long side cut before + and - signs or after dots, never inside a number."""
    if len(side) <= room:
        yield side
        return
    piece = ""
    parts = list(_terms(side))
    if max(map(len, parts)) > room:
        parts = re.split(r"(?= [+-] )", side)
    if max(map(len, parts)) > room:
        parts = re.split(r"(?= [+-] )|(?<=[·*])|(?<=,)(?= )", side)
    for part in parts:
        if piece and len(piece) + len(part) > room:
            yield piece.strip()
            piece = ""
        piece += part
    yield piece.strip()


def _terms(side: str) -> Iterator[str]:
    """The side cut before the + and - signs that stand in no brackets."""
    depth, start = 0, 0
    for found in re.finditer(r"[()]| [+-] ", side):
        sign = found.group()
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign not in "()" and found.start() > start:
            yield side[start : found.start()]
            start = found.start()
    yield side[start:]
