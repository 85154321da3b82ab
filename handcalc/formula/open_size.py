"""A size with letters: a whole number with its formula beside it, so that shapes come out in N.

The number stands for one large N and decides comparisons. The formula is a sum of products of letters
and floors; sums, products and floors of sizes carry it along:
floor((floor(a/m) + b)/n) = floor((a + b·m)/(m·n)), floor(-a/n) = -floor((a + n - 1)/n).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeAlias
from zlib import crc32

from handcalc.formula.text import text
from handcalc.formula.tree import Call, Formula, Negative, Power, Product, Symbol, number, total


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, and the number behind it."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Floor:
    """floor(of/by)."""

    of: "Terms"
    by: "Terms"


Atom: TypeAlias = Letter | Floor
Terms: TypeAlias = tuple[tuple[tuple[Atom, ...], int], ...]
"""Products of letters and floors, each with its factor; the empty product is the constant."""

MANY_DIVISORS = 27_720


class OpenSize(int):
    """A whole number that stands for a formula; it calculates and compares as a number does."""

    terms: Terms

    @classmethod
    def letter(cls, name: str, number: int = 0) -> "OpenSize":
        """A letter; the number behind it is large, the same every time, and another for each name.

        For a letter that is small beside others, as the size of a window is, `number` is that number.
        """
        number = number or MANY_DIVISORS * (2**16 + crc32(name.encode()))
        found = int.__new__(cls, number)
        found.terms = (((Letter(name, number),), 1),)
        return found

    def at(self, numbers: Mapping[str, int]) -> int:
        """The number that the formula gives for other numbers."""
        return _at(self.terms, lambda letter: numbers[letter.name])

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
        return _made(int(self) * int(other), _times(self.terms, _terms(other)))

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        if other < 1:
            return int(self) // int(other)
        return _made(int(self) // int(other), _floor(self.terms, _terms(other)))

    def __rfloordiv__(self, other: int) -> int:
        return _made(int(other) // int(self), _floor(_terms(other), self.terms))


def alike(a: int, b: int) -> bool:
    """Are two sizes the same whatever their letters stand for?"""
    return _sum((*_terms(a), *_times(_terms(b), (((), -1),)))) == ()


def letters_of(*sizes: int) -> set[str]:
    """The letters in some sizes."""

    def of_terms(terms: Terms) -> Iterator[str]:
        for atom in (atom for atoms, _ in terms for atom in atoms):
            if isinstance(atom, Letter):
                yield atom.name
            else:
                yield from of_terms(atom.of)
                yield from of_terms(atom.by)

    return {letter for size in sizes for letter in of_terms(_terms(size))}


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
    """floor(a/n) + b = floor((a + b·n)/n), as sizes behind windows are written with a number for n."""
    match terms:
        case (((Floor(of, (((), n),) as by),), 1), ((), constant)):
            return (((Floor(_sum((*of, ((), constant * n))), by),), 1),)
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
    return (isinstance(atom, Floor), atom.name if isinstance(atom, Letter) else repr(atom))


def _times(a: Terms, b: Terms) -> Terms:
    pairs = [(x, y) for x in a for y in b]
    return _sum((tuple(sorted((*x, *y), key=_place)), i * j) for (x, i), (y, j) in pairs)


def _floor(terms: Terms, by: Terms) -> Terms:
    """floor(terms/by) in one form."""
    if by == _ONE or not terms:
        return terms
    divided = [(term, _divided(term, by)) for term in terms]
    whole = tuple(share for _, share in divided if share)
    rest = tuple(term for term, share in divided if not share)
    letters = [(atoms, factor) for atoms, factor in rest if atoms]
    constant = sum(factor for atoms, factor in rest if not atoms)
    if not letters and not any(atoms for atoms, _ in by):
        return _sum((*whole, ((), constant // by[0][1])))
    if not rest:
        return _sum(whole)
    if _at(rest, lambda letter: letter.number) < 0:
        turned = _sum((*((atoms, -factor) for atoms, factor in rest), *by, ((), -1)))
        return _sum((*whole, *((atoms, -factor) for atoms, factor in _floor(turned, by))))
    if len(letters) == 1:
        (atoms, factor) = letters[0]
        if factor == 1 and len(atoms) == 1 and isinstance(inner := atoms[0], Floor):
            joined = _sum((*inner.of, *_times((((), constant),), inner.by)))
            return _sum((*whole, *_floor(joined, _times(by, inner.by))))
    return _sum((*whole, ((Floor(rest, by),), 1)))


_ONE: Terms = (((), 1),)


def _divided(term: tuple[tuple[Atom, ...], int], by: Terms) -> tuple[tuple[Atom, ...], int] | None:
    """A product divided by another one, where it goes without a rest; constants stay together."""
    (atoms, factor), ((under, number), *more) = term, by
    left = list(atoms)
    for atom in under:
        if atom not in left:
            return None
        left.remove(atom)
    return None if more or factor % number or not atoms else (tuple(left), factor // number)


def _at(terms: Terms, number_of: Callable[[Letter], int]) -> int:
    def value(atom: Atom) -> int:
        if isinstance(atom, Letter):
            return number_of(atom)
        return _at(atom.of, number_of) // _at(atom.by, number_of)

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
    if isinstance(atom, Letter):
        return Symbol(atom.name, atom.name)
    return Call("floor", (_formula(atom.of) / _formula(atom.by),))
