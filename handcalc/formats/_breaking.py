"""Where a line of paper breaks: long equations between their sides, long sides between their terms.

Whatever prints formulas for paper says how its signs are written; where they stand is said here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handcalc.document import Line
from handcalc.formula import Formula, Negative, Product, Sum
from handcalc.formula.bracketing import Bracketing
from handcalc.formula.breadth import BRACKETS, DOT, SIGN, breadth
from handcalc.formula.reader import meant


@dataclass(frozen=True, slots=True)
class Printer:
    """How formulas are written, and the brackets between which a line may break."""

    bracketing: Bracketing
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class _Piece:
    written: str
    breadth: float


def pieces(formula: Formula, room: float, printer: Printer) -> list[tuple[str, float]]:
    """The lines of a formula, each as wide as there is room, and how wide it is.

    What cannot be broken is a line of its own that is wider than the room.
    """
    lines: list[tuple[str, float]] = []
    for piece in _pieces(formula, room, printer):
        before, wide = lines[-1] if lines else ("", room)
        if wide + piece.breadth <= room:
            lines[-1] = (f"{before} {piece.written}", wide + piece.breadth)
        else:
            lines.append((piece.written, piece.breadth))
    return lines


def _pieces(formula: Formula, room: float, printer: Printer) -> Iterator[_Piece]:
    """The parts between which a line may break; put together they are the formula."""
    inner = meant(formula)
    if breadth(formula) > room and isinstance(inner, Negative):
        yield from _term(inner, f"- {printer.bracketing.written(inner)[1:]}", room, printer)
    elif breadth(formula) <= room or not isinstance(inner, Sum | Product):
        yield _Piece(printer.bracketing.written(formula), breadth(formula))
    elif isinstance(inner, Sum):
        for i, written in enumerate(printer.bracketing.terms(inner)):
            yield from _term(inner.terms[i], written, room, printer)
    else:
        yield from _product(inner, printer.bracketing.factors(inner), room, printer)


def _term(term: Formula, written: str, room: float, printer: Printer) -> Iterator[_Piece]:
    """A term with its sign, as `written`; one that is too long for a line breaks too."""
    sign = written[:2] if written[:2] in ("+ ", "- ") else ""
    inner = term.argument if isinstance(term, Negative) and sign else term
    alone = isinstance(meant(inner), Product) and breadth(inner) > room
    if alone and not printer.bracketing.written(inner).startswith("-"):
        first, *more = _pieces(inner, room, printer)
        yield replace(first, written=sign + first.written, breadth=first.breadth + SIGN)
        yield from more
    else:
        yield _Piece(written, breadth(term) + SIGN + BRACKETS * written.endswith(printer.closing))


def _product(
    product: Product, written: Sequence[str], room: float, printer: Printer
) -> Iterator[_Piece]:
    """Factor by factor; a sum among them that is too long breaks within its brackets."""
    for i, factor in enumerate(product.factors):
        dot = written[i].split(" ", 1)[0] + " " if i else ""
        if breadth(factor) > room - BRACKETS and isinstance(meant(factor), Sum):
            inside = list(_pieces(factor, room - BRACKETS - DOT, printer))
            for j, piece in enumerate(inside):
                begin = f"{dot}{printer.opening} " if j == 0 else ""
                end = f" {printer.closing}" if j == len(inside) - 1 else ""
                more = (DOT + BRACKETS / 2) * (j == 0) + BRACKETS / 2 * (j == len(inside) - 1)
                yield _Piece(f"{begin}{piece.written}{end}", piece.breadth + more)
        else:
            loose = BRACKETS * isinstance(meant(factor), Sum)
            yield _Piece(written[i], breadth(factor) + DOT + loose)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an equation: sides after = or ≈, or after nothing, where the one above goes on.

    `last`: is it the end of the equation, beside which its reason stands?
    """

    sides: tuple[tuple[str, str], ...]
    breadth: float
    last: bool = False


def rows(line: Line, room: float, printer: Printer) -> list[Row]:
    """The sides of an equation behind its left one, as few lines as there is room for."""
    sides = [("=", part) for part in (line.symbols, line.numbers) if part is not None]
    if line.value is not None:
        sides.append(("=" if line.exact else "≈", line.value))
    found: list[Row] = []
    for relation, side in sides:
        for i, (written, wide) in enumerate(pieces(side, room - SIGN, printer)):
            own = Row(((relation if i == 0 else "", written),), wide + SIGN)
            before = found[-1] if found and i == 0 else None
            if before is not None and before.breadth + own.breadth <= room:
                found[-1] = Row(before.sides + own.sides, before.breadth + own.breadth)
            else:
                found.append(own)
    if found:
        found[-1] = replace(found[-1], last=True)
    return found
