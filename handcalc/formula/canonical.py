"""A formula without what makes no difference on paper: products in products, how a number is spelled."""

from collections.abc import Callable, Iterator
from itertools import chain

from handcalc.formula.tree import (
    Derivative,
    Formula,
    Leaf,
    Number,
    Partial,
    Product,
    Slide,
    Symbol,
)
from handcalc.formula.walk import with_parts


def canonical(formula: Formula, meaning: Callable[[Leaf], Formula | None]) -> Formula:
    """The formula with its products flat; `meaning` puts a formula in place of a leaf, or leaves it.

    Two formulas that are alike here are the same, whatever numbers there are.
    """

    def walk(node: Formula) -> Formula:
        match node:
            case Number():
                return Number(node.value)
            case Symbol() | Partial():
                meant = meaning(node)
                return node if meant is None else walk(meant)
            case Product():
                return Product(tuple(chain.from_iterable(map(factors, node.factors))))
            case Derivative() | Slide():
                return node
            case _:
                return with_parts(node, walk)

    def factors(node: Formula) -> Iterator[Formula]:
        found = walk(node)
        yield from found.factors if isinstance(found, Product) else (found,)

    return walk(formula)
