"""Parameters: how many weights each layer has, as a product of its sizes."""

from handcalc.number import grouped
from handcalc.questions import _products
from handcalc.questions._page import Page
from handcalc.questions._products import counted
from handcalc.questions._runs import runs


def write(page: Page) -> None:
    """A step for each layer with weights: array by array, then part by part where it has several."""
    asked = [p for p in page.layers if p.weights and page.wants_figure(f"{p.name}_params")]
    if not asked or page.level == "brief":
        return
    page.section("Parameters")
    for layer, *others in runs(asked):
        if others:
            page.step(f"Layers {layer.name} to {others[-1].name}: in the same way")
            each = counted(layer.parameters)
            page.say(f"{grouped(1 + len(others))} layers with ", each, " weights each.")
            continue
        key = f"{layer.name}_params"
        page.step(f"Layer {layer.name}: {layer.word}", key=key)
        page.add(_products.lines(layer.weights, key))
        if layer.roles:
            page.say("The same weights, part by part:")
            page.add(_products.parts(layer.roles, key))
