"""What lies under a window: one cell product by product, the cells that win, the shifts of a list."""

from math import prod

from handcalc.document import Inlines, Matrix, Table, words
from handcalc.errors import ProofError, count
from handcalc.formula import Formula, Product, Sum, Symbol, evaluate, leaves
from handcalc.network import Element, Node, Ref
from handcalc.operations._tensor import Index, indices
from handcalc.operations.adaptive_max_pool import AdaptiveMaxPool
from handcalc.operations.correlate import Correlate
from handcalc.operations.max_pool import MaxPool
from handcalc.questions import _grids
from handcalc.questions._page import Page

MOST_SHIFTED = 10
"""Values of a list up to which every shift of the kernel is a row of a table."""
MOST_MARKED = 400
"""Cells of an input up to which those that won their windows are marked in it."""


def one_cell(page: Page, node: Node, ref: Ref) -> None:
    """The window of one cell, marked in the input, and what lies under it, product by product."""
    formula = page.steps.formula(ref)
    if page.network.symbolic or formula is None or not node.operation.windowed:
        return
    assert isinstance(ref, Element)
    under = [page.steps.ref(leaf) for leaf in leaves(formula)]
    cells = [r.index for r in under if isinstance(r, Element) and r.quantity == node.inputs[0]]
    if len(page.network.quantities[node.inputs[0]].shape) > 1 and cells:
        page.say("Its window, marked in what the layer receives:")
        _grids.write(page, node.inputs[0], lambda element: element, ref.sample, cells)
    rows: list[tuple[str | Formula, ...]] = []
    for term in formula.terms if isinstance(formula, Sum) else ():
        match term:
            case Product(factors=(Symbol() as k, Symbol() as x)):
                value = page.steps.policy.write(page.steps.exact_leaf(k) * page.steps.exact_leaf(x))
                texts = [page.text(page.steps.ref(leaf)) for leaf in (k, x)]
                rows.append((x, texts[1], k, texts[0], value.text))
    if rows:
        head = ("under the window", "value", "kernel", "value", "product")
        page.add(Table(head, tuple(rows), frozenset({1, 3, 4})))


def on_padding(page: Page, node: Node, ref: Ref) -> Inlines:
    """How many cells of the window lie on padding, where they add nothing to the sum."""
    formula = page.steps.formula(ref)
    if not isinstance(node.operation, Correlate) or formula is None:
        return ()
    kernel = page.network.quantities[node.inputs[1]].shape
    _, channels = node.operation.order.kernels_of(kernel)
    under = [page.steps.ref(leaf) for leaf in leaves(formula)]
    inside = sum(isinstance(r, Element) and r.quantity == node.inputs[0] for r in under)
    outside = prod(node.operation.size) * channels - inside
    verb = "lies" if outside == 1 else "lie"
    return words(f"{count(outside, 'cell')} of the window {verb} on padding") if outside else ()


def winners(page: Page, node: Node, sample: int | None) -> None:
    """The input of a maximum pooling with the cells that won their windows."""
    operation, name = node.operation, node.inputs[0]
    shape = page.network.quantities[name].shape
    few = prod(shape) <= MOST_MARKED
    if not isinstance(operation, MaxPool | AdaptiveMaxPool) or not few:
        return
    won: dict[Index, None] = {}
    tied = False
    for index in indices(page.network.quantities[node.output].shape):
        cells = operation.cells(index, shape)
        values = [page.steps.exact(Element(name, cell, sample)) for cell in cells]
        won[cells[values.index(max(values))]] = None
        tied = tied or values.count(max(values)) > 1
    page.say("The cells that won their windows" + (", of equal ones the first:" if tied else ":"))
    _grids.write(page, name, lambda element: element, sample, won)


def shifts(page: Page, node: Node, sample: int | None) -> None:
    """A kernel over a list: a row for each place, with each product under the value it belongs to."""
    operation = node.operation
    shape = page.network.quantities[node.inputs[0]].shape
    if not isinstance(operation, Correlate) or len(shape) != 1 or shape[0] > MOST_SHIFTED:
        return
    steps, rows = page.steps, []
    for index in indices(page.network.quantities[node.output].shape):
        ref = Element(node.output, index, sample)
        formula = steps.formula(ref)
        assert formula is not None
        row: list[str | Formula] = [steps.leaf(ref), *("" for _ in range(shape[0]))]
        for term in formula.terms if isinstance(formula, Sum) else (formula,):
            match term:
                case Product(factors=(Symbol() as k, Symbol() as x)):
                    cell = steps.ref(x)
                    assert isinstance(cell, Element)
                    row[cell.index[0] + 1] = page.numbers(k * x)
        rows.append((*row, page.text(ref)))
    names = [steps.key(Element(node.inputs[0], (i,))) for i in range(shape[0])]
    if len(node.inputs) > 2:
        bias = page.network.quantities[node.inputs[2]].name
        own = [steps.formula(Element(node.output, i, sample)) for i in indices((len(rows),))]
        first = [formula.terms[0] if isinstance(formula, Sum) else formula for formula in own]
        rows = [
            (*row[:-1], page.numbers(b) if isinstance(b, Symbol) else "", row[-1])
            for row, b in zip(rows, first, strict=True)
        ]
        names.append(steps.notation.whole(page.network.quantities[bias]))
    numeric = frozenset(range(1, len(names) + 2))
    page.add(Table(("", *names, "sum"), tuple(rows), numeric))


def turned(page: Page, node: Node, sample: int | None) -> None:
    """What the other convention makes of the first layer: a kernel turned by 180°, or as it stands."""
    kind, network = node.operation, page.network
    if type(kind) is not Correlate:  # depthwise and pointwise halves have no other convention
        return
    if sample or node is not next(n for n in network.nodes if type(n.operation) is Correlate):
        return
    steps = page.steps
    other = kind.model_copy(update={"flip": not kind.flip})
    found = other.forward(*(steps.result.values[name] for name in node.inputs))[0]
    tensors = [steps.tensor(name, sample) for name in node.inputs]
    for index in indices(network.quantities[node.output].shape):
        ref, value = Element(node.output, index, sample), float(found[index])
        there, here = steps.policy.write(value).text, steps.policy.write(steps.exact(ref)).text
        if there == here:
            continue
        by_definition = float(evaluate(other.definition(index, *tensors), steps.exact_leaf))
        if abs(value - by_definition) > 1e-9 * max(1.0, abs(value)):
            raise ProofError(steps.key(ref), f"turned, it is {value!r} and {by_definition!r}")
        how = (
            "With the kernel as it stands (cross-correlation), "
            if kind.flip
            else "With the kernel turned by 180° first (flip: true, a convolution in the strict sense), "
        )
        page.note("difference", how, steps.leaf(ref), f" would be {there} instead of {here}.")
        return


def turned_kernel(page: Page, node: Node) -> None:
    """A kernel as it slides in a convolution in the strict sense."""
    kind = node.operation
    if not isinstance(kind, Correlate) or not kind.flip or page.network.symbolic:
        return
    name = node.inputs[1]
    if len(kind.size) != 2 or kind.channels != "none":
        return
    rows, columns = page.network.quantities[name].shape
    cells = tuple(
        tuple(page.text(Element(name, (i, j))) for j in reversed(range(columns)))
        for i in reversed(range(rows))
    )
    whole = page.steps.notation.whole(page.network.quantities[name])
    page.say("The kernel turned by 180°, as it slides:")
    page.add(Matrix(Symbol(whole, f"{whole}_turned", "", "turned"), cells))
