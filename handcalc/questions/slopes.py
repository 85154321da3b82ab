"""Slopes: how steep each activation is where it stands, and what that leaves of a gradient.

On the way back every layer multiplies the gradient by the slope of its activation; a product of many
small slopes vanishes.
"""

from math import prod

from handcalc.document import Table
from handcalc.errors import listed
from handcalc.formula import Formula
from handcalc.network import Element, Local, Node
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._tensor import indices
from handcalc.questions._page import Page

MOST_ROWS = 40


def write(page: Page) -> None:
    """z, a and f'(z) of every activation; then the product of the slopes, layer by layer."""
    nodes = [n for n in page.network.nodes if isinstance(n.operation, Elementwise)]
    if page.wanted is not None or not nodes:
        return
    page.section("Slopes of the activations")
    for sample in page.steps.samples or (None,):
        at = "" if sample is None else f", sample {page.network.sample_number(sample)}"
        for operation in dict.fromkeys(node.operation for node in nodes):
            word = type(operation).__module__.rpartition(".")[2].replace("_", " ")
            layers = [
                page.network.quantities[n.output].layer for n in nodes if n.operation == operation
            ]
            page.step(f"{word.capitalize()}: layer{'s' * (len(layers) > 1)} {listed(layers)}{at}")
            page.say(f"{operation.rule()[0].upper()}{operation.rule()[1:]}.")
            _values(page, [node for node in nodes if node.operation == operation], word, sample)
        path = _path(page, nodes)
        if len(path) > 1 and not page.network.symbolic:
            _through_depth(page, path, sample)


def _path(page: Page, nodes: list[Node]) -> list[Node]:
    """The activations that a gradient passes on its way from the output back to the input."""
    found, name = [], page.network.output
    while page.network.quantities[name].kind == "made":
        node = page.network.producer(name)
        found += [node] if node in nodes else []
        name = node.inputs[0]
    return found[::-1]


def _slopes(page: Page, node: Node, sample: int | None) -> list[Local]:
    """f'(z) of each element."""
    shape = page.network.quantities[node.output].shape
    return [
        Local(Element(node.output, index, sample), Element(node.inputs[0], index, sample))
        for index in indices(shape)
    ]


def _values(page: Page, nodes: list[Node], word: str, sample: int | None) -> None:
    """A row for each value the activation is applied to."""
    rows: list[tuple[str | Formula, ...]] = []
    refs = [ref for node in nodes for ref in _slopes(page, node, sample)]
    for ref in refs[:MOST_ROWS]:
        texts = (page.text(ref.by), page.text(ref.of), page.text(ref))
        rows.append((page.steps.leaf(ref.by), *texts))
    if page.network.symbolic:
        page.lines(refs[:MOST_ROWS])
        return
    page.lines(refs[:1])
    page.add(Table(("value", "z", f"{word}(z)", "slope"), tuple(rows), frozenset({1, 2, 3})))
    if len(refs) > MOST_ROWS:
        page.say(f"These are the first {MOST_ROWS} of {len(refs)} values.")


def _through_depth(page: Page, nodes: list[Node], sample: int | None) -> None:
    """From the output back, the largest slope of each layer and the product so far."""
    page.step("Through depth, from the output back")
    largest: list[float] = []
    rows = []
    for node in reversed(nodes):
        steepest = max(_slopes(page, node, sample), key=lambda ref: abs(page.steps.exact(ref)))
        largest.append(abs(page.steps.exact(steepest)))
        product = page.steps.policy.write(prod(largest)).text
        layer = page.network.quantities[node.output].layer
        rows.append((layer, page.steps.policy.write(largest[-1]).text, product))
    header = ("layer", "largest slope", "product of the slopes so far")
    page.add(Table(header, tuple(rows), frozenset({1, 2})))
    page.say(
        "A gradient that comes from the output keeps, besides the weights on its way, no more than this "
        "product."
    )
