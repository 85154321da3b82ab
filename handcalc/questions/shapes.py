"""Shapes: how large each layer's result is, with the arithmetic, and all of them in one table."""

from handcalc.document import Table
from handcalc.errors import times
from handcalc.network.graph import LOSS
from handcalc.questions import _sizes
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """A step for each layer that changes sizes; nothing is worked out in numbers."""
    network = page.network
    nodes = [node for node in network.nodes if node.output != LOSS]
    nodes = [n for n in nodes if page.wants_figure(f"{network.quantities[n.output].layer}_shape")]
    if not nodes:
        return
    page.section("Shapes")
    for node in nodes:
        if list(_sizes.of(page, node)) and page.level != "brief":
            quantity = network.quantities[node.output]
            page.step(f"Layer {quantity.layer}")
            _sizes.write(page, node)
    asked = [layer for layer in page.layers if page.wants_figure(f"{layer.name}_shape")]
    rows = tuple((p.name, p.word, times(p.receives), times(p.gives)) for p in asked)
    page.step("All shapes" if page.wanted is None else "Together")
    page.add(Table(("layer", "kind", "receives", "gives"), rows))
