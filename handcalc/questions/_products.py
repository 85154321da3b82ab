"""Products of named sizes and their sum: kernel = 5·5·3·6 = 450, conv1_params = 450 + 6 = 456."""

from collections.abc import Sequence
from itertools import groupby

from handcalc.document import Line, Lines, words
from handcalc.formula import Formula, Number, Product, Symbol, number, total
from handcalc.formula.open_size import OpenSize
from handcalc.layers._weights import Part, Weights
from handcalc.number import grouped
from handcalc.questions._runs import FEW

MOST_TERMS = 24
"""Terms of a total up to which they stand in the order of their layers."""


def counted(value: int) -> Formula:
    """A count as it is shown: 1,322,766, or a formula in the letters of the file."""
    return value.formula if isinstance(value, OpenSize) else Number(value, grouped(value))


def lines(products: Sequence[Weights], key: str) -> Lines:
    """A line for each product, then their sum under its key."""
    return Lines((*map(_line, products), _sum(products, key)))


def parts(parts: Sequence[Part], key: str) -> Lines:
    """A line for each part, input_gate = inputs·units + units·units + units, then their sum."""
    made = [
        _equation(Symbol(part.name, part.name), *_sums(part.weights), part.count) for part in parts
    ]
    names = total(Symbol(part.name, part.name) for part in parts)
    sizes = total(counted(part.count) for part in parts)
    whole = sum(part.count for part in parts)
    return Lines((*made, _equation(Symbol(key, key), names, sizes, whole)))


def together(key: str, parts: Sequence[int]) -> Line:
    """The sum of what the layers have; of very many equal ones are put together, as many times one."""
    terms: list[Formula] = []
    some = [part for part in parts if part]
    many = len(some) > MOST_TERMS
    pairs = [(p, some.count(p)) for p in dict.fromkeys(some)] if many else _in_a_row(some)
    for part, n in pairs:
        terms += [number(n) * counted(part)] if n > (1 if many else FEW) else [counted(part)] * n
    numbers = total(terms) if len(terms) > 1 or (terms and isinstance(terms[0], Product)) else None
    return _equation(Symbol(key, key), None, numbers, sum(parts))


def _in_a_row(parts: Sequence[int]) -> list[tuple[int, int]]:
    """Each part with how often it stands there one behind the other."""
    return [(part, len(list(same))) for part, same in groupby(parts)]


def _equation(left: Formula, symbols: Formula | None, numbers: Formula | None, value: int) -> Line:
    """Left = symbols = numbers = value; what says the same twice is left out."""
    result = counted(value)
    shown = None if symbols == result else symbols
    worked = None if numbers in (shown, result) else numbers
    return Line(left, shown, worked, result)


def _sums(products: Sequence[Weights]) -> tuple[Formula, Formula]:
    """The products added up, in symbols and in numbers."""
    made = [_product(weights) for weights in products]
    return total(symbols for symbols, _ in made), total(numbers for _, numbers in made)


def _product(weights: Weights) -> tuple[Formula, Formula]:
    names: list[Formula] = [Symbol(name, name) for name, _ in weights.sizes]
    sizes: list[Formula] = [number(n) for _, n in weights.sizes]
    if len(sizes) == 1:
        return names[0], sizes[0]
    return Product(tuple(names)), Product(tuple(sizes))


def _line(weights: Weights) -> Line:
    """One product in symbols and numbers."""
    left, (names, sizes) = Symbol(weights.name, weights.name), _product(weights)
    made = _equation(left, names, sizes if len(weights.sizes) > 1 else None, weights.count)
    because = words(weights.said) if weights.said else ()
    return Line(left, made.symbols, made.numbers, made.value, because=because)


def _sum(products: Sequence[Weights], key: str) -> Line:
    whole = sum(weights.count for weights in products)
    if len(products) == 1:
        return Line(Symbol(key, key), None, None, counted(whole))
    names = total(Symbol(w.name, w.name) for w in products)
    sizes = total(counted(w.count) for w in products)
    return _equation(Symbol(key, key), names, sizes, whole)
