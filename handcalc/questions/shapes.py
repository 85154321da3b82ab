"""Shapes: how large each layer's result is, with the arithmetic."""

from handcalc.network.graph import LOSS
from handcalc.questions import _figures, _places, _sizes
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """A step for each layer that changes sizes; nothing is worked out in numbers."""
    quantities = page.network.quantities
    steps = [
        (quantities[node.output].layer, node) for node in page.network.nodes if node.output != LOSS
    ]
    steps = [
        (layer, node)
        for layer, node in steps
        if page.wants_figure(f"{layer}_shape") and any(True for _ in _sizes.of(page, node))
    ]
    asked = _figures.on_the_way(page.network)
    way = asked.intersection(page.figures or ())
    if not (steps or way) or page.level == "brief":
        return
    page.section("Shapes")
    differs = {layer.name: layer.differs for layer in page.layers}
    for layer, node in steps:
        page.step(f"Layer {layer}", key=f"{layer}_shape")
        _sizes.write(page, node)
        if differs[layer]:
            page.note("difference", differs[layer])
    if way:
        _places.write(page)
