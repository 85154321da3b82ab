"""Products of named sizes and their sum: kernel = 5·5·3·6 = 450, conv1_params = 450 + 6 = 456."""

from collections.abc import Sequence

from handcalc.document import Line, Lines, words
from handcalc.formula import Formula, Number, Product, Symbol, number, total
from handcalc.layers._weights import Weights
from handcalc.number import grouped


def lines(products: Sequence[Weights], key: str) -> Lines:
    """A line for each product, then their sum under its key."""
    return Lines((*map(_line, products), _sum(products, key)))


def together(key: str, parts: Sequence[int]) -> Line:
    """The sum of what the layers have."""
    terms = [number(part) for part in parts if part]
    numbers = total(terms) if len(terms) > 1 else None
    return Line(Symbol(key, key), None, numbers, Number(sum(parts), grouped(sum(parts))))


def _line(weights: Weights) -> Line:
    """One product in symbols and numbers."""
    names: list[Formula] = [Symbol(name, name) for name, _ in weights.sizes]
    sizes: list[Formula] = [number(n) for _, n in weights.sizes]
    left = Symbol(weights.name, weights.name)
    because = words(weights.said) if weights.said else ()
    value = Number(weights.count, grouped(weights.count))
    if len(sizes) == 1:
        return Line(left, names[0], None, value, because=because)
    return Line(left, Product(tuple(names)), Product(tuple(sizes)), value, because=because)


def _sum(products: Sequence[Weights], key: str) -> Line:
    whole = sum(weights.count for weights in products)
    value = Number(whole, grouped(whole))
    if len(products) == 1:
        return Line(Symbol(key, key), None, None, value)
    names = total(Symbol(w.name, w.name) for w in products)
    sizes = total(number(w.count) for w in products)
    return Line(Symbol(key, key), names, sizes, value)
