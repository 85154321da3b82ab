"""The size of a result, axis by axis: the formula, the numbers, and what the floor throws away."""

from handcalc.document import Line, Lines, words
from handcalc.errors import ProofError
from handcalc.formula import Number, Symbol, algebra
from handcalc.network import Node
from handcalc.operations._operation import Size
from handcalc.questions._page import Page


def write(page: Page, node: Node) -> None:
    """One equation for each axis over which a window slides."""
    if page.level == "brief":
        return
    sizes = list(node.operation.sizes(*(page.network.quantities[n].shape for n in node.inputs)))
    if sizes:
        page.add(Lines(tuple(map(_line, sizes))))


def _line(size: Size) -> Line:
    """Rows = n - k + 1 = 11 - 2 + 1 = 10, evaluated by sympy and held against the arrays."""
    found = algebra.numeric(size.formula, lambda leaf: float(size.letters[leaf]))
    if found != size.value:
        raise ProofError(size.axis, f"the formula gives {found}, the array has {size.value}")
    value = Number(found, str(size.value))
    name = Symbol(size.axis, size.axis)
    return Line(
        name, size.formula, size.numbers, value, because=words(size.remark) * bool(size.remark)
    )
