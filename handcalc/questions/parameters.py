"""Parameters: how many weights each layer has, as a product of its sizes."""

from handcalc.questions import _products
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """A step for each layer with weights: array by array, then part by part where it has several."""
    asked = [p for p in page.layers if p.weights and page.wants_figure(f"{p.name}_params")]
    if not asked or page.level == "brief":
        return
    page.section("Parameters")
    for layer in asked:
        key = f"{layer.name}_params"
        page.step(f"Layer {layer.name}: {layer.word}", key=key)
        page.add(_products.lines(layer.weights, key))
        if layer.roles:
            page.say("The same weights, part by part:")
            page.add(_products.parts(layer.roles, key))
