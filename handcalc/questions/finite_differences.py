"""Finite differences: how much f changes when a number is moved by h, beside its slope."""

from dataclasses import replace
from fractions import Fraction

from handcalc.document import Line, Lines, Table
from handcalc.errors import ProofError
from handcalc.formula import Formula, Leaf, Number, evaluate, substitute
from handcalc.network import Element, Gradient, Part, Quantity
from handcalc.network.graph import LOSS, STEP
from handcalc.network.nearby import Nearby
from handcalc.network.passes import forward
from handcalc.number import magnitude, plain, round_to
from handcalc.questions import _order
from handcalc.questions._page import Page, elements

CLOSE = 1e-9
"""How near the values of the formula and of the moved network are to each other."""

MOST_DECIMALS = 24
"""Decimals up to which values are written out so that their difference can be seen."""


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
    page.add(Lines(tuple(_line(page, part) for part in parts)))
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


def _line(page: Page, part: Part) -> Line:
    """F(x + h), or the difference, of values with as many more digits as the division by h takes."""
    line, formula, steps = page.line(part), page.steps.formula(part), page.steps
    if part.word != "difference" or line.numbers is None or steps.policy.carries:
        return line
    assert formula is not None
    written = steps.written(part)
    if steps.policy.write(evaluate(formula, steps.written_leaf)).text == written.text:
        return line
    more = steps.policy.rounding.decimals + max(0, -magnitude(steps.exact(Element(STEP))))
    if more > MOST_DECIMALS:
        return replace(line, numbers=None, exact=False)
    nearby = Nearby(steps)

    def number_of(leaf: Leaf) -> Formula:
        ref = steps.ref(leaf)
        found = None if steps.is_given(ref) else nearby.digits(ref, places=2 * MOST_DECIMALS)
        if found is None:
            return steps.number(leaf)
        shown = round_to(found, more)
        return Number(shown, plain(shown, more))

    numbers = substitute(formula, number_of)
    exact = evaluate(numbers, lambda _: 0) == written.value
    return replace(line, numbers=numbers, exact=exact)


def _beside_the_gradients(page: Page, moved: list[Element]) -> None:
    """Each difference beside the slope; of samples each by itself, and what all of them make together."""
    steps, nearby = page.steps, Nearby(page.steps)
    rows: list[tuple[str | Formula, ...]] = []
    for element in moved:
        difference, gradient = Part("difference", element), Gradient(element)
        own = (page.text(difference), page.text(gradient), _off(nearby, difference, gradient))
        rows.append((steps.leaf(gradient if steps.samples else element), *own))
    together: dict[Element, list[Element]] = {}
    for element in moved if steps.each_has_a_loss else ():
        if not page.network.per_sample(element.quantity):
            together.setdefault(replace(element, sample=None), []).append(element)
    for whole, elements_ in together.items():
        parts = [steps.exact(Part("difference", element)) for element in elements_]
        found = sum(parts) / (len(parts) if page.problem.batch == "mean" else 1)
        off = found - steps.exact(Gradient(whole))
        own = (steps.policy.write(found).text, page.text(Gradient(whole)), _short(off))
        rows.append((steps.leaf(Gradient(whole)), *own))
    head = "gradient" if steps.samples else "by"
    page.add(Table((head, "difference", "slope", "off by"), tuple(rows), frozenset({1, 2, 3})))


def _off(nearby: Nearby, difference: Part, gradient: Gradient) -> str:
    found = nearby.digits(difference, gradient)
    if found is None:
        found = Fraction(nearby.steps.exact(difference) - nearby.steps.exact(gradient))
    return _short(float(found))


def _short(off: float) -> str:
    """Two digits of how far a difference is off."""
    return f"{off:z.2g}"
