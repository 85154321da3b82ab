"""A size with letters: a whole number with its formula beside it, so that shapes come out in N.

The number stands for one large N and decides comparisons. The formula is a sum of products of letters
and floors; sums, products and floors of sizes carry it along:
floor((floor(a/m) + b)/n) = floor((a + b·m)/(m·n)), floor(-a/n) = -floor((a + n - 1)/n).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeAlias
from zlib import crc32

from handcalc.formula.text import text
from handcalc.formula.tree import Call, Formula, Negative, Power, Product, Symbol, number, total


@dataclass(frozen=True, slots=True)
class Floor:
    """floor(of/by)."""

    of: "Terms"
    by: int


Atom: TypeAlias = str | Floor
Terms: TypeAlias = tuple[tuple[tuple[Atom, ...], int], ...]
"""Products of letters and floors, each with its factor; the empty product is the constant."""

MANY_DIVISORS = 27_720


class OpenSize(int):
    """A whole number that stands for a formula; it calculates and compares as a number does."""

    terms: Terms

    @classmethod
    def letter(cls, name: str) -> "OpenSize":
        """A letter; the number behind it is large, the same every time, and another for each name."""
        found = int.__new__(cls, MANY_DIVISORS * (2**16 + crc32(name.encode())))
        found.terms = (((name,), 1),)
        return found

    def at(self, numbers: Mapping[str, int]) -> int:
        """The number that the formula gives for other numbers."""
        return _at(self.terms, numbers)

    @cached_property
    def formula(self) -> Formula:
        """The formula in written order: products before letters, constants last."""
        return _formula(self.terms)

    def __str__(self) -> str:
        return text(self.formula)

    def __format__(self, _: str) -> str:
        return str(self)

    def __add__(self, other: int) -> int:
        return _made(int(self) + int(other), _sum((*self.terms, *_terms(other))))

    __radd__ = __add__

    def __neg__(self) -> int:
        return self * -1

    def __sub__(self, other: int) -> int:
        return self + other * -1

    def __rsub__(self, other: int) -> int:
        return self * -1 + other

    def __mul__(self, other: int) -> int:
        pairs = [(a, b) for a in self.terms for b in _terms(other)]
        products = [(tuple(sorted((*x, *y), key=_place)), i * j) for (x, i), (y, j) in pairs]
        return _made(int(self) * int(other), _sum(products))

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        if isinstance(other, OpenSize) or other < 1:
            return int(self) // int(other)
        return _made(int(self) // other, _floor(self.terms, other))


def at_numbers(size: int, numbers: Mapping[str, int]) -> int:
    """A size for other numbers, whether it has letters or not."""
    return size.at(numbers) if isinstance(size, OpenSize) else size


def _made(value: int, terms: Terms) -> int:
    """A size with this formula; without letters it is a number like others."""
    if all(not atoms for atoms, _ in terms):
        return value
    found = int.__new__(OpenSize, value)
    found.terms = _under_floor(terms)
    return found


def _under_floor(terms: Terms) -> Terms:
    """floor(a/n) + b = floor((a + b·n)/n), as sizes behind windows are written."""
    match terms:
        case (((Floor() as whole,), 1), ((), constant)):
            inside = _sum((*whole.of, ((), constant * whole.by)))
            return (((Floor(inside, whole.by),), 1),)
    return terms


def _terms(size: int) -> Terms:
    return size.terms if isinstance(size, OpenSize) else (((), int(size)),) if size else ()


def _sum(terms: Iterable[tuple[tuple[Atom, ...], int]]) -> Terms:
    found: dict[tuple[Atom, ...], int] = {}
    for atoms, factor in terms:
        found[atoms] = found.get(atoms, 0) + factor
    kept = ((atoms, factor) for atoms, factor in found.items() if factor)
    return tuple(sorted(kept, key=lambda term: (-len(term[0]), tuple(map(_place, term[0])))))


def _place(atom: Atom) -> tuple[bool, str]:
    """Letters by their names, then floors."""
    return (isinstance(atom, Floor), atom if isinstance(atom, str) else repr(atom))


def _floor(terms: Terms, by: int) -> Terms:
    """floor(terms/by) in one form."""
    if by == 1:
        return terms
    whole = tuple((atoms, factor // by) for atoms, factor in terms if factor % by == 0 and atoms)
    rest = tuple((atoms, factor) for atoms, factor in terms if factor % by or not atoms)
    letters = [(atoms, factor) for atoms, factor in rest if atoms]
    constant = sum(factor for atoms, factor in rest if not atoms)
    if not letters:
        return _sum((*whole, ((), constant // by)))
    if letters[0][1] < 0:
        turned = _sum((*((atoms, -factor) for atoms, factor in rest), ((), by - 1)))
        return _sum((*whole, *((atoms, -factor) for atoms, factor in _floor(turned, by))))
    (atoms, factor), *others = letters
    if not others and factor == 1 and len(atoms) == 1 and isinstance(atoms[0], Floor):
        inner = atoms[0]
        joined = _sum((*inner.of, ((), constant * inner.by)))
        return _sum((*whole, *_floor(joined, by * inner.by)))
    return _sum((*whole, ((Floor(rest, by),), 1)))


def _at(terms: Terms, numbers: Mapping[str, int]) -> int:
    def value(atom: Atom) -> int:
        return numbers[atom] if isinstance(atom, str) else _at(atom.of, numbers) // atom.by

    return sum(factor * prod(map(value, atoms)) for atoms, factor in terms)


def _formula(terms: Terms) -> Formula:
    written = [_written(atoms, factor) for atoms, factor in terms]
    # A sum that begins with a minus sign is read worse.
    return total(sorted(written, key=lambda term: isinstance(term, Negative)))


def _written(atoms: tuple[Atom, ...], factor: int) -> Formula:
    powers = [(_atom(atom), atoms.count(atom)) for atom in dict.fromkeys(atoms)]
    parts: list[Formula] = [Power(a, number(n)) if n > 1 else a for a, n in powers]
    if abs(factor) != 1 or not parts:
        parts = [number(abs(factor)), *parts]
    product = parts[0] if len(parts) == 1 else Product(tuple(parts))
    return Negative(product) if factor < 0 else product


def _atom(atom: Atom) -> Formula:
    if isinstance(atom, str):
        return Symbol(atom, atom)
    return Call("floor", (_formula(atom.of) / atom.by,))
