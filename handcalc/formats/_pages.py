"""What stays together on paper: equations that follow each other, headings with what they head."""

from collections.abc import Iterable, Iterator
from types import UnionType

from handcalc.document import (
    Block,
    Brackets,
    Graph,
    Heading,
    Ledger,
    Line,
    Lines,
    Matrix,
    Plot,
    Table,
)
from handcalc.formula.breadth import tall

LEAST, MOST = 5.0, 30.0
"""Lines of text that a heading wants below it, and that it can want."""


def merged(blocks: Iterable[Block], equations: type[Lines] | UnionType = Lines) -> Iterator[Block]:
    """Equations that follow each other as one block, aligned with each other."""
    waiting: tuple[Line, ...] = ()
    for block in blocks:
        if isinstance(block, equations):
            waiting += block.lines
            continue
        if waiting:
            yield Lines(waiting)
            waiting = ()
        yield block
    if waiting:
        yield Lines(waiting)


def steps(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks from heading to heading; a heading that follows another one belongs to it."""
    found: list[Block] = []
    for block in merged(blocks):
        if isinstance(block, Heading) and found and not isinstance(found[-1], Heading):
            yield found
            found = []
        found.append(block)
    if found:
        yield found


def height(step: list[Block]) -> float:
    """About how many lines of text the beginning of a step needs: its headings and what follows them."""
    needed = 0.0
    for block in step:
        more = _lines(block)
        if needed >= LEAST and needed + more > MOST:
            break
        needed += more
    return min(max(needed, LEAST), MOST)


def _lines(block: Block) -> float:
    match block:
        case Heading():
            return 2.5
        case Lines() | Ledger():
            return 2 + sum(2.8 if tall(line.left) else 2.2 for line in block.lines)
        case Matrix() | Table():
            return 3 + 1.2 * len(block.rows)
        case Brackets():
            return 2 + 1.3 * max(len(part) for part in block.parts if not isinstance(part, str))
        case Graph():
            return 3 + 1.6 * len(block.vertices)
        case Plot():
            return 22
        case _:
            return 2.5
