"""w·x + b and 0.5·0.2 + 0.3: each number of the second knows the symbol in whose place it stands."""

from dataclasses import dataclass

from handcalc.formula.tree import Formula, Leaf, Number, Partial, Symbol
from handcalc.formula.walk import parts, with_parts


@dataclass(frozen=True, slots=True)
class Known(Number):
    """A number that stands in the place of a symbol or a derivative."""

    leaf: Leaf | None = None


def with_sources(numbers: Formula, symbols: Formula) -> Formula:
    """The numbers with the symbols behind them, as far as the two are formed alike."""
    if isinstance(symbols, Symbol | Partial):
        if not isinstance(numbers, Number):
            return numbers
        return Known(numbers.value, numbers.text, symbols)
    inner = tuple(parts(symbols))
    if type(numbers) is not type(symbols) or len(inner) != len(tuple(parts(numbers))):
        return numbers
    before = iter(inner)
    return with_parts(numbers, lambda part: with_sources(part, next(before)))
