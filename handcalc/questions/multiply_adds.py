"""Multiply-adds: how many products of convolutions and matrices there are, each with an addition."""

from handcalc.number import grouped
from handcalc.questions import _products
from handcalc.questions._page import Page
from handcalc.questions._runs import runs


def write(page: Page) -> None:
    """A step for each layer that multiplies."""
    asked = [p for p in page.layers if p.products and page.wants_figure(f"{p.name}_multiply_adds")]
    if not asked or page.level == "brief":
        return
    page.section("Multiply-adds")
    say_what_counts(page)
    for layer, *others in runs(asked):
        if others:
            page.step(f"Layers {layer.name} to {others[-1].name}: in the same way")
            each = _products.counted(layer.multiply_adds)
            page.say(f"{grouped(1 + len(others))} layers with ", each, " multiply-adds each.")
            continue
        key = f"{layer.name}_multiply_adds"
        page.step(f"Layer {layer.name}: {layer.word}", key=key)
        page.add(_products.lines(layer.products, key))


def say_what_counts(page: Page) -> None:
    """Profilers give different numbers because none says what it counts; said once."""
    if page.first_time("what counts"):
        page.say(
            "Counted are the products of convolutions and of matrices, each with the addition to its sum. "
            "Biases, activations, pooling and normalization are not counted; for one input."
        )
