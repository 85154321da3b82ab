"""Finite differences: how much f changes when a number is moved by h, beside its slope."""

from handcalc.document import Table
from handcalc.errors import ProofError
from handcalc.formula import Formula
from handcalc.network import Element, Gradient, Part, Quantity
from handcalc.network.graph import LOSS, STEP
from handcalc.network.passes import forward
from handcalc.questions import _order
from handcalc.questions._page import Page, elements

CLOSE = 1e-9
"""How near the values of the formula and of the moved network are to each other."""


def write(page: Page) -> None:
    """f(x + h) and the difference over the step, for each number; then all of them beside the gradients."""
    if not page.steps.parts.differences.are_asked and page.wanted is None:
        page.section("Finite differences")
        page.say(
            "With everything put in, f(x + h) is too long to be written as one formula; ask for gradients."
        )
        return
    parts = [
        part
        for quantity, sample, _ in _order.moved(page.network)
        for part in _parts(page, quantity, sample)
        if page.wants(part)
    ]
    if not parts:
        return
    loss = page.steps.notation.loss_letter
    page.section("Finite differences")
    if page.level != "brief":
        side = "by h to both sides" if page.network.central else "by h"
        page.say(
            f"Move one number {side} and see what {loss} does: the difference over the step comes near to the slope."
        )
    for part in parts:
        _check(page, part)
    page.lines(parts)
    if page.wanted is None and not page.network.symbolic:
        _beside_the_gradients(page, [part.of for part in parts if part.word == "difference"])


def _parts(page: Page, quantity: Quantity, sample: int | None) -> list[Part]:
    own = elements(quantity.shape, quantity.name, sample)
    return [Part(word, element) for word in _order.MOVED[page.network.central] for element in own]


def _check(page: Page, part: Part) -> None:
    """The network with the moved number gives what the formula gives."""
    if part.word == "difference" or page.network.symbolic:
        return
    x, h = part.of, page.steps.exact(Element(STEP))
    given = {name: array.copy() for name, array in page.network.arrays.items()}
    own = (x.sample or 0,) if page.network.per_sample(x.quantity) else ()
    given[x.quantity][(*own, *x.index)] += h if part.word == "moved" else -h
    found = float(forward(page.network, given)[LOSS].reshape(-1)[x.sample or 0])
    if abs(found - page.steps.exact(part)) > CLOSE * max(1.0, abs(found)):
        raise ProofError(page.steps.key(part), "the moved network gives another value")


def _beside_the_gradients(page: Page, moved: list[Element]) -> None:
    rows: list[tuple[str | Formula, ...]] = []
    for element in moved:
        difference, gradient = Part("difference", element), Gradient(element)
        off = page.steps.exact(difference) - page.steps.exact(gradient)
        dust = abs(off) <= CLOSE * max(1.0, abs(page.steps.exact(gradient)))
        own = (page.text(difference), page.text(gradient), "0" if dust else f"{off:z.2g}")
        rows.append((page.steps.leaf(element), *own))
    page.add(Table(("by", "difference", "slope", "off by"), tuple(rows), frozenset({1, 2, 3})))
