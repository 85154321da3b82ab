"""Lines of a program: long ones in brackets over several lines, arrays as lists in lists."""

import re
import textwrap
from collections.abc import Iterator

from handcalc.formats._names import Index

WIDTH = 99
GLUE = "\ue000"
"""A blank at which no line ends."""


def nested(head: str, cells: dict[Index, str], shape: Index, tail: str) -> Iterator[str]:
    """An array as lists in lists, a row a line."""

    def lists(before: Index, head: str, tail: str) -> Iterator[str]:
        margin = " " * (4 * len(before))
        if len(before) == len(shape) - 1:
            row = ", ".join(cells[*before, i] for i in range(shape[-1]))
            yield from _wrapped_list(f"{margin}{head}", f"[{row}]", tail)
            return
        yield f"{margin}{head}["
        for i in range(shape[len(before)]):
            yield from lists((*before, i), "", ",")
        yield f"{margin}]{tail}"

    yield from lists((), head, tail)


def _wrapped_list(head: str, items: str, tail: str) -> Iterator[str]:
    lines = textwrap.wrap(items, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    lines[-1] += tail
    yield head + lines[0]
    yield from (" " * 4 + " " * (len(head) - len(head.lstrip())) + line for line in lines[1:])


def wrapped(line: str, shown: str = "") -> Iterator[str]:
    """A line, over several ones in brackets where it is long, with what the page shows beside it."""
    # A number may be typed on several lines; a comment ends with its own.
    comment = f"  # {' '.join(shown.split())}" if shown else ""
    left, _, right = line.partition(" = ")
    if len(line) + len(comment) <= WIDTH or not right:
        yield line + comment
        return
    margin = " " * (len(left) - len(left.lstrip()) + 4)
    # Signs and words begin a line, and indices stay with their array.
    glued = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace(" ", GLUE), right)
    glued = re.sub(r" ([-+<>=]+|if|else) ", rf" \1{GLUE}", glued)
    yield f"{left} = ("
    pieces = textwrap.wrap(
        glued, WIDTH - len(margin), break_long_words=False, break_on_hyphens=False
    )
    yield from (margin + piece.replace(GLUE, " ") for piece in pieces)
    yield margin[4:] + ")" + comment
