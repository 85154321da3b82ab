"""A dense layer as matrices: z = W·x + b, and back ∂E/∂W = δ·xᵀ and ∂E/∂x = Wᵀ·δ with δ = ∂E/∂z.

They stand beside the elements, which say where each number comes from.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from handcalc.document import Brackets, Rows
from handcalc.network import Element, Gradient, Node, Quantity, Ref
from handcalc.operations.affine import Affine
from handcalc.questions._page import Page

MOST = 8
"""Rows and columns of a matrix that is written out."""


def forward(page: Page, quantity: Quantity, sample: int | None) -> bool:
    """W·x + b = z; with x·W the values are rows. Does it stand for the elements too (`--view matrices`)?"""
    node = page.network.producer(quantity.name)
    if not _is_shown(page, node):
        return False
    operation = node.operation
    assert isinstance(operation, Affine)
    x = [_text(page, Element(node.inputs[0], (j,), sample)) for j in range(_inputs(page, node))]
    z = [_text(page, Element(node.output, (i,), sample)) for i in range(_units(page, node))]
    weights = _weights(page, node)
    turned = operation.layout == "xW"
    first: list[Rows | str] = (
        [_row(x), "·", _turned(weights)] if turned else [weights, "·", _column(x)]
    )
    if len(node.inputs) == 3:
        shape = page.network.quantities[node.inputs[2]].shape
        b = [Element(node.inputs[2], (i,) if shape else ()) for i in range(len(z))]
        first += ["+", (_row if turned else _column)([_text(page, ref) for ref in b])]
    exact = all(page.steps.is_exact(Element(node.output, (i,), sample)) for i in range(len(z)))
    said = {"Wx": "z = W·x + b", "xW": "z = x·W + b", "WTx": "z = Wᵀ·x + b"}[operation.layout]
    page.say(f"As matrices, {said if len(node.inputs) == 3 else said.partition(' + ')[0]}:")
    page.add(Brackets((*first, "=" if exact else "≈", (_row if turned else _column)(z))))
    return page.view == "matrices"


def backward(page: Page, quantity: Quantity, sample: int | None) -> None:
    """∂E/∂W behind the gradients by the weights of a layer, ∂E/∂x behind those by what it receives."""
    found = _behind(page, quantity)
    if found is not None and is_there(page, quantity, sample):
        write = _by_weights if found[1] == 1 else _by_input
        write(page, found[0], sample)


def is_there(page: Page, quantity: Quantity, sample: int | None) -> bool:
    """Is there a product of matrices for the gradients by a quantity, made of what the page has?"""
    found = _behind(page, quantity)
    if found is None:
        return False
    node, slot = found
    if slot == 1:
        return _are_products(page, node, sample)
    by_x: list[Ref] = [Gradient(x) for x in _received(page, node, sample)]
    there = all(page.steps.same(ref) in page.shown for ref in by_x) or page.view == "matrices"
    return there and all(delta in page.shown for delta in _deltas(page, node, sample))


def _deltas(page: Page, node: Node, sample: int | None) -> list[Ref]:
    """∂E/∂z of each neuron."""
    units = range(_units(page, node))
    return [page.steps.same(Gradient(Element(node.output, (i,), sample))) for i in units]


def _by_unit(page: Page, node: Node, sample: int | None) -> list[list[Ref]]:
    """∂E/∂W, a row for each neuron."""
    operation, name = node.operation, node.inputs[1]
    assert isinstance(operation, Affine)
    own = sample if page.steps.each_has_a_loss else None
    return [
        [
            Gradient(replace(_weight(operation, name, i, j), sample=own))
            for j in range(_inputs(page, node))
        ]
        for i in range(_units(page, node))
    ]


def _received(page: Page, node: Node, sample: int | None) -> list[Element]:
    return [Element(node.inputs[0], (j,), sample) for j in range(_inputs(page, node))]


def _behind(page: Page, quantity: Quantity) -> tuple[Node, int] | None:
    """The dense layer that the quantity goes into, where its gradients are products of matrices."""
    uses = page.network.consumers(quantity.name)
    node, slot = uses[0] if len(uses) == 1 else (None, 0)
    if node is None or slot > 1 or not _is_shown(page, node) or page.network.mixes:
        return None
    if page.problem.update == "sequential" or node.output not in page.network.reaching:
        return None
    return node, slot


def _are_products(page: Page, node: Node, sample: int | None) -> bool:
    """Does a person who multiplies each δ by each x write down what stands on the page?"""
    steps, rows = page.steps, _by_unit(page, node, sample)
    if not steps.policy.carries:
        return True
    xs = [Fraction(steps.by_hand(x).value) for x in _received(page, node, sample)]
    for delta, row in zip(_deltas(page, node, sample), rows, strict=True):
        for x, ref in zip(xs, row, strict=True):
            product = Fraction(steps.by_hand(delta).value) * x
            if steps.policy.write(product, steps.key(ref)).text != steps.written(ref).text:
                return False
    return True


def _by_weights(page: Page, node: Node, sample: int | None) -> None:
    operation = node.operation
    assert isinstance(operation, Affine)
    deltas, rows = _deltas(page, node, sample), _by_unit(page, node, sample)
    said = {"Wx": "δ·xᵀ", "WTx": "x·δᵀ", "xW": "xᵀ·δ"}[operation.layout]
    page.say(f"∂E/∂W = {said}, with δ = ∂E/∂z:".replace("E", page.steps.notation.loss))
    page.lines(delta for delta in deltas if delta not in page.shown)
    found = tuple(tuple(_found(page, ref) for ref in row) for row in rows)
    d = [_text(page, ref) for ref in deltas]
    x = [_text(page, ref) for ref in _received(page, node, sample)]
    sign = "=" if all(page.steps.written(ref).exact for row in rows for ref in row) else "≈"
    parts: tuple[Rows | str, ...] = (_column(d), "·", _row(x), sign, found)
    if operation.layout != "Wx":
        # W has a row an input: its gradient is x·δᵀ.
        parts = (_column(x), "·", _row(d), sign, _turned(found))
    page.add(Brackets(parts))


def _by_input(page: Page, node: Node, sample: int | None) -> None:
    deltas = _deltas(page, node, sample)
    by_x = [Gradient(x) for x in _received(page, node, sample)]
    operation = node.operation
    assert isinstance(operation, Affine)
    said = {"Wx": "Wᵀ·δ", "WTx": "W·δ", "xW": "δ·Wᵀ"}[operation.layout]
    page.say(f"∂E/∂x = {said}:".replace("E", page.steps.notation.loss))
    d, found = [_text(page, ref) for ref in deltas], [_found(page, ref) for ref in by_x]
    weights = _weights(page, node)
    if operation.layout == "xW":
        page.add(Brackets((_row(d), "·", weights, "≈", _row(found))))
    else:
        page.add(Brackets((_turned(weights), "·", _column(d), "≈", _column(found))))


def _is_shown(page: Page, node: Node) -> bool:
    """Is it a dense layer of a few neurons with numbers, on a page that has room for matrices?"""
    if not isinstance(node.operation, Affine) or node.operation.constant or page.view == "elements":
        return False
    if page.network.symbolic or page.level == "brief" or page.wanted is not None:
        return False
    one_axis = all(
        len(page.network.quantities[n].shape) == 1 for n in (node.inputs[0], node.output)
    )
    # One weighted sum is a row times a column, which its line says as well.
    return one_axis and all(2 <= n <= MOST for n in (_units(page, node), _inputs(page, node)))


def _units(page: Page, node: Node) -> int:
    return page.network.quantities[node.output].shape[0]


def _inputs(page: Page, node: Node) -> int:
    return page.network.quantities[node.inputs[0]].shape[0]


def _weight(operation: Affine, name: str, unit: int, received: int) -> Element:
    return Element(name, (unit, received) if operation.layout == "Wx" else (received, unit))


def _weights(page: Page, node: Node) -> Rows:
    """A row a neuron, however the file keeps them."""
    operation, name = node.operation, node.inputs[1]
    assert isinstance(operation, Affine)
    return tuple(
        tuple(_text(page, _weight(operation, name, i, j)) for j in range(_inputs(page, node)))
        for i in range(_units(page, node))
    )


def _found(page: Page, ref: Ref) -> str:
    """A number that the product gives: it is found here."""
    page.shown.setdefault(page.steps.same(ref), page.number)
    return _text(page, ref)


def _text(page: Page, ref: Ref) -> str:
    """A number as it is shown; that it stands here is no step."""
    return page.steps.written(ref).text


def _column(cells: Sequence[str]) -> Rows:
    return tuple((cell,) for cell in cells)


def _row(cells: Sequence[str]) -> Rows:
    return (tuple(cells),)


def _turned(rows: Rows) -> Rows:
    return tuple(zip(*rows, strict=True))
