"""A formula without what makes no difference on paper: products in products, how a number is spelled."""

from collections.abc import Callable, Iterator
from itertools import chain

from handcalc.formula.tree import (
    Call,
    Case,
    Cases,
    Formula,
    Leaf,
    Negative,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)


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
            case Sum():
                return Sum(tuple(map(walk, node.terms)))
            case Product():
                return Product(tuple(chain.from_iterable(map(factors, node.factors))))
            case Quotient():
                return Quotient(walk(node.top), walk(node.bottom))
            case Power():
                return Power(walk(node.base), walk(node.exponent))
            case Negative():
                return Negative(walk(node.argument))
            case Call():
                return Call(node.name, tuple(map(walk, node.arguments)))
            case Cases():
                cases = (
                    Case(walk(c.value), walk(c.left), c.relation, walk(c.right)) for c in node.cases
                )
                return Cases(tuple(cases), walk(node.otherwise))
            case _:
                return node

    def factors(node: Formula) -> Iterator[Formula]:
        found = walk(node)
        yield from found.factors if isinstance(found, Product) else (found,)

    return walk(formula)
