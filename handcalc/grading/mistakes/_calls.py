"""A formula with another argument in its functions, whatever stands around them."""

from collections.abc import Callable

from handcalc.formula import (
    Call,
    Case,
    Cases,
    Formula,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
)


def with_calls(formula: Formula, name: str, change: Callable[[Formula], Formula]) -> Formula:
    """The same formula with something else for each f(z), made of z."""

    def walk(node: Formula) -> Formula:
        match node:
            case Call() if node.name == name:
                return change(node.arguments[0])
            case Call():
                return Call(node.name, tuple(map(walk, node.arguments)))
            case Sum():
                return Sum(tuple(map(walk, node.terms)))
            case Product():
                return Product(tuple(map(walk, node.factors)))
            case Quotient():
                return Quotient(walk(node.top), walk(node.bottom))
            case Power():
                return Power(walk(node.base), walk(node.exponent))
            case Negative():
                return Negative(walk(node.argument))
            case Cases():
                cases = (Case(walk(c.value), c.left, c.relation, c.right) for c in node.cases)
                return Cases(tuple(cases), walk(node.otherwise))
            case _:
                return node

    return walk(formula)
