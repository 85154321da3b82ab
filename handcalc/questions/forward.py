"""Forward: each value from the values before it, symbols = numbers = result."""

from handcalc.document import Table
from handcalc.formula import Formula, Product, Sum, Symbol
from handcalc.network import Element, Quantity, Ref
from handcalc.questions import _grids
from handcalc.questions._page import Page

MOST_IN_FULL = 8
"""Neurons in a layer up to which each of them is worked out in full."""


def write(page: Page) -> None:
    """The forward pass, layer by layer, for each sample by itself."""
    quantities = page.network.of_role("in", "out")
    if not any(_shown(page, q, s) for q in quantities for s in page.steps.samples or (None,)):
        return
    page.section("Forward pass")
    for sample in page.steps.samples or (None,):
        for layer in dict.fromkeys(q.layer for q in quantities):
            _layer(page, [q for q in quantities if q.layer == layer], sample)


def _layer(page: Page, quantities: list[Quantity], sample: int | None) -> None:
    shown = [e for q in quantities for e in _shown(page, q, sample)]
    if not shown:
        return
    names = " and ".join(dict.fromkeys(_what(q) for q in quantities))
    at = "" if sample is None else f"Sample {sample + 1}, layer"
    page.step(f"{at or 'Layer'} {quantities[0].layer}: {names}")
    if not quantities[0].by_unit:
        _cells(page, quantities, sample)
        return
    if page.level == "brief":
        _table(page, quantities, sample)
        return
    in_full = (
        page.level == "full"
        or page.wanted is not None
        or len(shown) <= MOST_IN_FULL * len(quantities)
    )
    for quantity in quantities:
        refs = _shown(page, quantity, sample)
        page.lines(refs if in_full else refs[:1])
    if not in_full:
        page.say("All neurons of the layer, each in the same way:")
        _table(page, quantities, sample)


def _what(quantity: Quantity) -> str:
    return "weighted sums" if quantity.role == "in" else "outputs"


def _cells(page: Page, quantities: list[Quantity], sample: int | None) -> None:
    """A layer of cells: its size, one cell in full, and all of them as a matrix."""
    for quantity in quantities:
        refs = _shown(page, quantity, sample)
        node = page.network.producer(quantity.name)
        sizes = node.operation.sizes(*(page.network.quantities[n].shape for n in node.inputs))
        if sizes and page.level != "brief":
            page.say(f"Size: {sizes}.")
        if page.wanted is not None or page.level == "full":
            for ref in refs:
                if ref in page.targets:
                    _under_the_window(page, ref)
            page.lines(refs)
        elif page.level != "brief":
            page.lines(refs[:1])
            page.say("Every cell in the same way:")
        if page.wanted is None and not page.network.symbolic:
            _grids.write(page, quantity.name, lambda element: element, sample)


def _under_the_window(page: Page, ref: Ref) -> None:
    """What lies under the window of one cell, product by product."""
    formula = page.steps.formula(ref)
    if page.network.symbolic or not isinstance(formula, Sum):
        return
    rows: list[tuple[str | Formula, ...]] = []
    for term in formula.terms:
        match term:
            case Product(factors=(Symbol() as k, Symbol() as x)):
                value = page.steps.policy.write(page.steps.exact_leaf(k) * page.steps.exact_leaf(x))
                texts = [page.text(page.steps.ref(leaf)) for leaf in (k, x)]
                rows.append((x, texts[1], k, texts[0], value.text))
    if rows:
        head = ("under the window", "value", "kernel", "value", "product")
        page.add(Table(head, tuple(rows), frozenset({1, 3, 4})))


def _table(page: Page, quantities: list[Quantity], sample: int | None) -> None:
    """The values of a layer, a row a neuron; of a large layer as a grid."""
    size = quantities[0].shape[0]
    if size > 24 and not page.wanted:
        for q in quantities:
            _grids.write(page, q.name, lambda element: element, sample)
        return
    rows = []
    for i in range(size):
        row: list[str | Formula] = []
        for q in quantities:
            ref = Element(q.name, (i,), sample)
            if page.wants(ref):
                row += [page.steps.leaf(ref), page.text(ref)]
        if row:
            rows.append(tuple(row))
    header = tuple(h for q in quantities for h in (_what(q)[:-1], "value"))
    numeric = frozenset(range(1, len(header), 2))
    page.add(Table(header, tuple(rows), numeric))


def _shown(page: Page, quantity: Quantity, sample: int | None) -> list[Ref]:
    return page.of(lambda element: element, quantity.name, sample)
