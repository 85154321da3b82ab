"""Forward: each value from the values before it, symbols = numbers = result."""

from math import prod

from handcalc.document import Lines, Table
from handcalc.errors import listed
from handcalc.formula import Formula, is_long, leaves
from handcalc.formula.greek import lettered
from handcalc.formula.text import text
from handcalc.network import Element, Node, Quantity, Ref
from handcalc.operations._together import Together
from handcalc.operations.masked_softmax import MaskedSoftmax
from handcalc.operations.stack import Stack
from handcalc.questions import (
    _batch,
    _circuit,
    _grids,
    _matrices,
    _names,
    _order,
    _sizes,
    _through_time,
    _values,
    _windows,
)
from handcalc.questions._page import Page

MOST_WRITTEN = 4
"""Cells under a window up to which each of them is worked out."""
MOST_EQUATIONS = 40
"""Cells of a layer without numbers, or asked for, up to which every equation is written."""
MOST_AT_FULL = 400
"""Cells of a layer up to which the level `full` writes every equation."""
MOST_UNITS = 4
"""Units of a layer up to which each has its lines at every time."""
MOST_WEIGHED = 60
"""Cells among which the one is looked for that is worked out in full."""
MOST_IN_FULL = 8
"""Neurons in a layer up to which each of them is worked out in full."""


def write(page: Page) -> None:
    """The forward pass, layer by layer, for each sample by itself."""
    quantities = page.network.values
    if not any(_shown(page, q, s) for q in quantities for s in (None, *page.steps.samples)):
        return
    page.section("Forward pass")
    for run in _values.runs(_order.places(page.network)):
        if _values.are_together(run):
            _values.write(page, run)
            continue
        ((_, values, together),) = run
        if len(together) > 1:
            _batch.write(page, values[0], together, _order.itself, page.lines)
            continue
        if not _through_time.repeats(page, values[0]):
            _layer(page, values, together[0])
        _through_time.write(page, values[0], together[0])
    if "gradients" not in page.questions:
        _circuit.write(page, gradients=False)


def _layer(page: Page, quantities: list[Quantity], sample: int | None) -> None:
    shown = [e for q in quantities for e in _shown(page, q, sample)]
    if not shown:
        return
    # At one time a weighted sum goes with the value that is made of it.
    told = [q for q in quantities if not q.label.stage] or quantities
    *before, last = dict.fromkeys(_what(q) for q in told)
    names = f"{listed(before)} and {last}" if before else last
    at = "" if sample is None else f"Sample {page.network.sample_number(sample)}, layer"
    of_file = quantities[0].label.of_file
    at = at.replace(", layer", ",") if of_file else at or "Layer"
    title = f"{at} {lettered(quantities[0].layer) if of_file else quantities[0].layer}{_names.place(quantities[0])}".strip()
    page.step(title if of_file else f"{title}: {names}")
    if quantities[0].label.at is not None and _each_in_full(page, quantities):
        page.lines(shown)
        return
    if not quantities[0].label.by_unit:
        _cells(page, quantities, sample)
        return
    if page.level == "brief":
        _table(page, quantities, sample)
        return
    in_matrix = _matrices.forward(page, quantities[0], sample)
    in_full = (
        page.level == "full"
        or page.wanted is not None
        or len(shown) <= MOST_IN_FULL * len(quantities)
    )
    for quantity in quantities:
        refs = _shown(page, quantity, sample)
        one = in_matrix and quantity is quantities[0]
        page.lines(refs if in_full and not one else refs[:1])
    if not in_full:
        page.say("All neurons of the layer, each in the same way:")
        _table(page, quantities, sample)


def _each_in_full(page: Page, quantities: list[Quantity]) -> bool:
    """Are there so few values of each kind at this time that each has its line?"""
    few = all(len(q.shape) < 2 and prod(q.shape) <= MOST_UNITS for q in quantities)
    return few or page.wanted is not None


def _what(quantity: Quantity) -> str:
    return quantity.label.heading


def _cells(page: Page, quantities: list[Quantity], sample: int | None) -> None:
    """A layer of cells: its size, one cell in full, and all of them as a matrix."""
    for quantity in quantities:
        refs = _shown(page, quantity, sample)
        node = page.network.producer(quantity.name)
        if refs and isinstance(node.operation, Stack) and not page.network.symbolic:
            page.say("The states of all times, a row for each:")
            _grids.write(page, node.output, _order.itself, sample)
            continue
        if not sample:
            _sizes.write(page, node)
            if page.level != "brief":
                _windows.turned_kernel(page, node)
        asked, symbolic = page.wanted is not None, page.network.symbolic
        most = MOST_EQUATIONS if asked or page.level != "full" else MOST_AT_FULL
        many = len(refs) > most
        worked = ([*refs[:3], refs[-1]] if symbolic else refs[:1]) if many else refs
        worth_it = node.operation.windowed or isinstance(node.operation, Together)
        few = worth_it and len(refs) <= MOST_WRITTEN
        alone = (many or not (symbolic or few or page.level == "full")) and not symbolic
        one = _telling(page, refs) if alone and not asked else refs[0] if refs else None
        if not asked and page.level != "brief" and len(refs) > 1:
            first = "The first cell in full:" if one == refs[0] else "One cell in full:"
            page.say(first if alone else "Cell by cell:")
        if asked or symbolic or page.level == "full":
            for ref in worked:
                if ref in page.targets:
                    _windows.one_cell(page, node, ref)
            _lines(page, node, worked)
        elif page.level != "brief":
            _lines(page, node, refs if few or one is None else [one])
        written = few and isinstance(node.operation, Together) and len(quantity.shape) < 2
        if not symbolic and (many or not asked) and not (written and page.level != "brief"):
            _all_cells(page, node, sample)


def _telling(page: Page, refs: list[Ref]) -> Ref:
    """The first cell with most values in its formula: one in a corner, of a single term, tells little."""
    refs = _at_the_mask(page, refs) or refs
    formulas = ((ref, page.steps.formula(ref)) for ref in refs[:MOST_WEIGHED])
    sizes = {ref: _telling_by(page, ref, formula) for ref, formula in formulas}
    return max(sizes, key=lambda ref: sizes[ref])


def _at_the_mask(page: Page, refs: list[Ref]) -> list[Ref]:
    """Cells of a row of which a mask allows several and forbids some: there it can be seen at work."""
    found: list[Ref] = []
    for ref in refs[:MOST_WEIGHED]:
        assert isinstance(ref, Element)
        operation = page.network.producer(ref.quantity).operation
        if isinstance(operation, MaskedSoftmax) and operation.allows(ref.index):
            shape = page.network.quantities[ref.quantity].shape
            if 1 < len(operation.row(ref.index, shape)) < operation.length(shape):
                found.append(ref)
    return found


def _telling_by(page: Page, ref: Ref, formula: Formula | None) -> tuple[int, int]:
    """How many values a formula holds; of constants how much is written, unless they are known."""
    if formula is None or is_long(formula):
        return 0, 0
    values = len(set(leaves(formula)))
    constant = not values and not page.network.symbolic and not page.steps.is_exact(ref)
    return values, len(text(formula)) if constant else 0


def _lines(page: Page, node: Node, refs: list[Ref]) -> None:
    """Cells in symbols and numbers, with what lies on padding said."""
    made = tuple(page.line(ref, _windows.on_padding(page, node, ref)) for ref in refs)
    page.add(Lines(made))


def _all_cells(page: Page, node: Node, sample: int | None) -> None:
    if prod(page.network.quantities[node.output].shape) == 1 and page.level != "brief":
        _windows.winners(page, node, sample)
        _windows.turned(page, node, sample)
        return
    if page.level != "brief":
        few = prod(page.network.quantities[node.output].shape) <= MOST_WRITTEN
        page.say("All cells:" if few else "Every cell in the same way:")
        _windows.shifts(page, node, sample)
    _grids.write(page, node.output, lambda element: element, sample)
    if page.level != "brief":
        _windows.winners(page, node, sample)
        _windows.turned(page, node, sample)


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
    return page.of(_order.itself, quantity.name, sample)
