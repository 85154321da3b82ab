"""A formula with another argument in its functions, whatever stands around them."""

from collections.abc import Callable

from handcalc.formula import (
    Call,
    Case,
    Cases,
    Derivative,
    Formula,
    Slide,
    with_parts,
)


def with_calls(formula: Formula, name: str, change: Callable[[Formula], Formula]) -> Formula:
    """The same formula with something else for each f(z), made of z."""

    def walk(node: Formula) -> Formula:
        match node:
            case Call() if node.name == name:
                return change(node.arguments[0])
            case Cases():
                cases = (Case(walk(c.value), c.left, c.relation, c.right) for c in node.cases)
                return Cases(tuple(cases), walk(node.otherwise))
            case Derivative() | Slide():
                return node
            case _:
                return with_parts(node, walk)

    return walk(formula)
