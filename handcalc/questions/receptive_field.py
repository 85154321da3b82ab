"""Receptive field: how many cells of the input, along each axis, one cell of a layer depends on."""

from handcalc.document import Line, Lines
from handcalc.formula import Formula, Symbol, number
from handcalc.network.receptive import Widened
from handcalc.operations._sizes import axes
from handcalc.questions import _products
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """Window by window; one axis after the other where they differ."""
    asked = [p for p in page.layers if p.windows and page.wants_figure(f"{p.name}_field")]
    if not asked or page.level == "brief":
        return
    page.section("Receptive field")
    page.say(
        "One cell of a layer depends on so many cells of the input in a row. A window of k cells makes the "
        "field larger by (k - 1) jumps; the jump is the product of the strides before it."
    )
    alike = all(len(set(layer.windows)) == 1 for layer in asked)
    rank = max(len(layer.windows) for layer in asked)
    for i, axis in enumerate(axes(rank)):
        page.step("Each axis" if alike else axis.capitalize())
        shown = [(layer.name, layer.windows[i]) for layer in asked if i < len(layer.windows)]
        page.add(Lines(tuple(_line(name, window) for name, window in shown)))
        if alike:
            break


def _line(name: str, window: Widened) -> Line:
    """Field = field + (k - 1)·jump = 6 + (5 - 1)·2 = 14."""
    field, jump, k, d = (Symbol(letter, letter) for letter in ("field", "jump", "k", "d"))
    symbols: Formula = field + (k - 1) * jump if window.d == 1 else field + d * (k - 1) * jump
    n, before = number(window.k) - 1, window.before
    spread: Formula = n * number(before.jump)
    if window.d > 1:
        spread = number(window.d) * n * number(before.jump)
    result = _products.counted(window.after.field)
    return Line(Symbol(name, name), symbols, number(before.field) + spread, result)
