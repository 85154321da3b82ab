"""Matrices in brackets and the signs between them on one line of text; where it is narrow below it."""

from handcalc.document import Brackets, Rows

_TALL = (("⎡", "⎤"), ("⎢", "⎥"), ("⎣", "⎦"))


def lines(block: Brackets, width: int, *, ascii_only: bool = False) -> list[str]:
    """The equation as lines of text, as wide as there is room."""
    rows: list[list[str]] = []
    for part in block.parts:
        drawn = _drawn(part, ascii_only=ascii_only)
        joined = _beside(rows[-1], drawn) if rows else drawn
        if rows and max(map(len, joined)) <= width:
            rows[-1] = joined
        else:
            rows.append(drawn)
    return [line.rstrip() for one in rows for line in one]


def _drawn(part: Rows | str, *, ascii_only: bool) -> list[str]:
    if isinstance(part, str):
        return [f" {part} "] if part != "·" else ["·"]
    widths = [max(map(len, column)) for column in zip(*part, strict=True)]
    cells = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in part]
    found = []
    for i, row in enumerate(cells):
        place = 0 if i == 0 else 2 if i == len(cells) - 1 else 1
        left, right = ("[", "]") if ascii_only or len(cells) == 1 else _TALL[place]
        found.append(f"{left}{row}{right}")
    return found


def _beside(left: list[str], right: list[str]) -> list[str]:
    """Both next to each other, each in the middle of the taller one."""
    height = max(len(left), len(right))
    padded = [_in_the_middle(part, height) for part in (left, right)]
    return [a + b for a, b in zip(*padded, strict=True)]


def _in_the_middle(part: list[str], height: int) -> list[str]:
    blank = " " * len(part[0])
    above = (height - len(part)) // 2
    return [blank] * above + part + [blank] * (height - len(part) - above)
