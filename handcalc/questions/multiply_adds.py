"""Multiply-adds: how many products of convolutions and matrices there are, each with an addition."""

from handcalc.document import Lines, Table
from handcalc.number import grouped
from handcalc.questions import _products
from handcalc.questions._figures import TOTAL_WORK
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """A step for each layer that multiplies, then all of them."""
    layers = page.layers
    asked = [layer for layer in layers if page.wants_figure(f"{layer.name}_multiply_adds")]
    together = page.wants_figure(TOTAL_WORK)
    if not asked and not together:
        return
    page.section("Multiply-adds")
    page.say(
        "Counted are the products of convolutions and of matrices, each with the addition to its sum. "
        "Biases, activations, pooling and normalization are not counted; for one input."
    )
    for layer in asked:
        if layer.products and page.level != "brief":
            key = f"{layer.name}_multiply_adds"
            page.step(f"Layer {layer.name}: {layer.word}", key=key)
            page.add(_products.lines(layer.products, key))
    page.step("All multiply-adds")
    rows = tuple(
        (p.name, p.word, grouped(p.multiply_adds)) for p in (layers if together else asked)
    )
    page.add(Table(("layer", "kind", "multiply-adds"), rows, frozenset({2})))
    if together:
        page.add(Lines((_products.together(TOTAL_WORK, [p.multiply_adds for p in layers]),)))
