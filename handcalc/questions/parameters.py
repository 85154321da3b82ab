"""Parameters: how many weights each layer has, as a product of its sizes."""

from collections.abc import Sequence

from handcalc.document import Table
from handcalc.network.plan import Planned
from handcalc.number import grouped
from handcalc.questions import _products
from handcalc.questions._page import Page
from handcalc.questions._products import counted
from handcalc.questions._runs import runs

FEW = 12
"""Layers with weights up to which each is counted anew, though another one has the same sizes."""
MOST_NAMED = 3
"""Layers that are named one by one."""


def write(page: Page) -> None:
    """A step for each layer with weights: array by array, then part by part where it has several.

    In a large network layers that are like an earlier one stand together, a row each.
    """
    asked = [p for p in page.layers if p.weights and page.wants_figure(f"{p.name}_params")]
    if not asked or page.level == "brief":
        return
    page.section("Parameters")
    once = page.level == "normal" and page.figures is None and len(asked) > FEW
    first: dict[str, str] = {}
    again: list[tuple[Planned, str]] = []
    for layer, *others in runs(asked):
        alike = repr((layer.word, layer.weights, layer.roles, layer.frozen))
        if once and not others and alike in first:
            again.append((layer, first[alike]))
            continue
        _again(page, again)
        again.clear()
        first.setdefault(alike, layer.name)
        if others:
            page.step(f"Layers {layer.name} to {others[-1].name}: in the same way")
            each = counted(layer.parameters)
            page.say(f"{grouped(1 + len(others))} layers with ", each, " weights each.")
            continue
        _in_full(page, layer)
    _again(page, again)


def _in_full(page: Page, layer: Planned) -> None:
    key = f"{layer.name}_params"
    page.step(f"Layer {layer.name}: {layer.word}", key=key)
    page.add(_products.lines(layer.weights, key))
    if layer.roles:
        page.say("The same weights, part by part:")
        page.add(_products.parts(layer.roles, key))


def _again(page: Page, layers: Sequence[tuple[Planned, str]]) -> None:
    """Layers of the same sizes as earlier ones: a row for all that are like the same one."""
    if len(layers) == 1:
        _in_full(page, layers[0][0])
        return
    if not layers:
        return
    names = f"{layers[0][0].name} to {layers[-1][0].name}"
    page.step(f"Layers {names}: each like an earlier one")
    by_first: dict[str, list[Planned]] = {}
    for layer, like in layers:
        by_first.setdefault(like, []).append(layer)
    rows = tuple(
        (
            ", ".join(layer.name for layer in alike) if len(alike) <= MOST_NAMED else _ends(alike),
            like,
            counted(alike[0].parameters),
            counted(len(alike) * alike[0].parameters),
        )
        for like, alike in by_first.items()
    )
    page.add(Table(("layers", "like", "weights each", "together"), rows, frozenset({2, 3})))


def _ends(layers: Sequence[Planned]) -> str:
    """ln1_2 … final, 23 layers."""
    return f"{layers[0].name} … {layers[-1].name}, {len(layers)} layers"
