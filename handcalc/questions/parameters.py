"""Parameters: how many weights each layer has, as a product of its sizes, and all of them together."""

from handcalc.document import Line, Lines, Table
from handcalc.errors import ProofError, times
from handcalc.formula import Number, Symbol
from handcalc.number import grouped
from handcalc.questions import _products
from handcalc.questions._figures import TOTALS, totals
from handcalc.questions._page import Page
from handcalc.questions._plan import Planned


def write(page: Page) -> None:
    """A step for each layer with weights, then the summary and the totals."""
    layers = page.layers
    asked = [layer for layer in layers if page.wants_figure(f"{layer.name}_params")]
    sums = any(map(page.wants_figure, TOTALS))
    if not asked and not sums:
        return
    page.section("Parameters")
    for layer in layers:
        _prove(layer)
    for layer in asked:
        if layer.weights and page.level != "brief":
            page.step(f"Layer {layer.name}: {layer.word}", key=f"{layer.name}_params")
            page.add(_products.lines(layer.weights, f"{layer.name}_params"))
    page.step("Summary")
    shown = layers if sums else asked
    rows = tuple((p.name, p.word, times(p.gives), grouped(p.parameters)) for p in shown)
    page.add(Table(("layer", "kind", "gives", "parameters"), rows, frozenset({3})))
    if sums:
        _totals(page, layers)


def _prove(layer: Planned) -> None:
    """The products are the sizes of the arrays that the layer is built with."""
    built = sum(layer.built)
    if built != layer.parameters:
        raise ProofError(f"{layer.name}_params", f"{layer.parameters} counted, {built} built")


def _totals(page: Page, layers: list[Planned]) -> None:
    """All together, the trained, the frozen; the memory they take."""
    whole, *others = totals(layers)
    lines = [_products.together(TOTALS[0], [layer.parameters for layer in layers])]
    for key, value in zip(TOTALS[1:], others, strict=True):
        lines.append(Line(Symbol(key, key), None, None, Number(value, grouped(value))))
    page.add(Lines(tuple(lines)))
    page.say(f"At 4 bytes each, {grouped(whole)} parameters take {grouped(4 * whole)} bytes.")
