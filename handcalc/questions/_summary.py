"""The summary: one row a layer and one column for each question, then the totals."""

from collections.abc import Callable, Sequence

from handcalc.document import Heading, Line, Lines, Table
from handcalc.errors import times
from handcalc.formula import Symbol
from handcalc.network.plan import Planned
from handcalc.number import grouped
from handcalc.questions import _products, multiply_adds
from handcalc.questions._figures import TOTAL_WORK, TOTALS, totals
from handcalc.questions._page import Page
from handcalc.questions._runs import runs


def _field(layer: Planned) -> str:
    """196, or 14 × 7 where the axes differ; nothing where a cell sees all or there is no window."""
    sizes = [seen.field for seen in layer.field or ()]
    return times(sizes[:1] if len(set(sizes)) == 1 else sizes)


Column = tuple[str, Callable[[Planned], str], bool]
"""Head, cell of a layer, and whether it holds numbers."""

_GIVES: Column = ("gives", lambda layer: times(layer.gives), False)
_OF_QUESTION: dict[str, Column] = {
    "parameters": ("parameters", lambda layer: grouped(layer.parameters), True),
    "multiply_adds": ("multiply-adds", lambda layer: grouped(layer.multiply_adds), True),
    "receptive_field": ("field", _field, True),
}


def write(page: Page, words: Sequence[str]) -> None:
    """The table of the counted questions, and what all layers have together."""
    derived = {block.key for block in page.blocks if isinstance(block, Heading)}
    if page.figures is not None and derived.issuperset(page.figures):
        return
    sums = [key for key in (*TOTALS, TOTAL_WORK) if _wants(page, key, words)]
    asked = [layer for layer in page.layers if sums or _is_asked(page, layer)]
    columns = [_GIVES, *(_OF_QUESTION[word] for word in words if word in _OF_QUESTION)]
    page.section("Summary")
    page.add(_table(asked, columns))
    if sums:
        page.add(Lines(tuple(_total(page.layers, key) for key in sums)))
    if TOTALS[0] in sums:
        whole, *_ = totals(page.layers)
        page.say(f"At 4 bytes each, {grouped(whole)} parameters take {grouped(4 * whole)} bytes.")
    if TOTAL_WORK in sums:
        multiply_adds.say_what_counts(page)


def _wants(page: Page, key: str, words: Sequence[str]) -> bool:
    word = "multiply_adds" if key == TOTAL_WORK else "parameters"
    return word in words and page.wants_figure(key)


def _is_asked(page: Page, layer: Planned) -> bool:
    figures = ("shape", "params", "multiply_adds", "field")
    return any(page.wants_figure(f"{layer.name}_{figure}") for figure in figures)


def _table(layers: Sequence[Planned], columns: Sequence[Column]) -> Table:
    """Layer and kind, the columns and, where there are branches, what each layer follows."""
    head: list[Column] = [
        ("layer", lambda layer: layer.name, False),
        ("kind", lambda layer: layer.word, False),
    ]
    whole = [*head, *columns]
    if any(layer.sources for layer in layers):
        whole.append(("from", lambda layer: ", ".join(layer.sources), False))
    rows = tuple(_row(run, whole) for run in runs(layers))
    numeric = frozenset(i for i, (*_, is_number) in enumerate(whole) if is_number)
    return Table(tuple(name for name, *_ in whole), rows, numeric)


def _row(run: Sequence[Planned], columns: Sequence[Column]) -> tuple[str, ...]:
    """The cells of a layer, or of many in a row that are alike."""
    name, *cells = (cell(run[0]) for _, cell, _ in columns)
    if len(run) == 1:
        return name, *cells
    each = (
        f"{text} each" if is_number and text else text
        for text, (*_, is_number) in zip(cells, columns[1:], strict=True)
    )
    return f"{name} to {run[-1].name}", *each


def _total(layers: list[Planned], key: str) -> Line:
    """All together, the trained, the frozen; all work."""
    if key == TOTALS[0]:
        return _products.together(key, [layer.parameters for layer in layers])
    if key == TOTAL_WORK:
        return _products.together(key, [layer.multiply_adds for layer in layers])
    value = totals(layers)[TOTALS.index(key)]
    return Line(Symbol(key, key), value=_products.counted(value))
