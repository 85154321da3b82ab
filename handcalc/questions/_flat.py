"""Where a function of the file is flat, has a corner or jumps, and what its slope means there."""

from collections.abc import Iterator, Sequence
from math import prod

from handcalc.formula import Formula
from handcalc.network import Element, Gradient, Local
from handcalc.network.graph import LOSS
from handcalc.network.nearby import Break, Nearby
from handcalc.operations._tensor import indices
from handcalc.questions._page import Page, elements

MOST_LOOKED_AT = 60
"""Numbers of the file up to which what happens beside them is looked at."""
MOST_SAID = 6
"""Values that break of which each is said."""
DUST = 1e-12
"""A slope in floats above this is not 0."""


def write(page: Page) -> None:
    """What is to be said of corners, jumps, and slopes of 0."""
    network = page.network
    if not network.of_values or network.symbolic or page.wanted is not None:
        return
    numbers = sum(prod(quantity.shape) for quantity in network.values)
    if numbers > MOST_LOOKED_AT:
        return
    nearby = Nearby(page.steps)
    broken = list(_broken(page, nearby))
    for of, by, how in broken[:MOST_SAID]:
        _say_broken(page, of, by, how)
    if network.samples == 1:
        _say_flat(page, nearby, broken=bool(broken))


# --- corners and jumps -----------------------------------------------------------------------------


def _broken(page: Page, nearby: Nearby) -> Iterator[tuple[Element, list[Element], Break]]:
    """Each value that has a corner or jumps where it is, with the numbers that it does so in."""
    for of in _at_corner(page):
        met: dict[Break, list[Element]] = {}
        for by, how in nearby.breaks(of):
            if page.network.quantities[by.quantity].kind != "target":
                met.setdefault(how, []).append(by)
        yield from ((of, by, how) for how, by in met.items())


def _at_corner(page: Page) -> Iterator[Element]:
    """The elements of values whose operations may have a corner at these numbers, of each sample."""
    network, values = page.network, page.steps.result.values
    for node in network.nodes:
        quantity = network.quantities[node.output]
        if not quantity.label.of_file or node.output not in network.reaching:
            continue
        if node.operation.at_corner(*(values[name] for name in node.inputs)):
            samples = page.steps.samples if network.per_sample(node.output) else ()
            for sample in samples or (None,):
                for index in indices(quantity.shape):
                    yield page.steps.same_element(Element(node.output, index, sample))


def _say_broken(page: Page, of: Element, by: list[Element], how: Break) -> None:
    steps, several = page.steps, len(by) > 1
    slopes: list[Formula] = [steps.notation.leaf(Local(of, one)) for one in by]
    places = [(steps.leaf(one), _equals(page, one)) for one in by]
    said: list[str | Formula] = [steps.leaf(of)]
    said += [" has a corner at " if how == "corner" else " jumps at "]
    said += _listed(places)
    if how == "corner":
        said += [": to either side of it "]
        said += _listed([(slope, "") for slope in slopes])
        said += [" are others" if several else " is another one"]
        said += [", and what is taken here is a convention."]
    else:
        said += [", where it has no slope; what is taken for "]
        said += [*_listed([(slope, "") for slope in slopes]), " is a convention."]
    page.say(*said)


def _equals(page: Page, element: Element) -> str:
    sign = "=" if page.steps.written(element).exact else "≈"
    return f" {sign} {page.text(element)}"


def _listed(parts: Sequence[tuple[Formula, str]]) -> list[str | Formula]:
    """Formulas, each with what stands behind it, as a list in a sentence."""
    made: list[str | Formula] = []
    for i, (formula, behind) in enumerate(parts):
        made += ["" if i == 0 else " and " if i == len(parts) - 1 else ", ", formula, behind]
    return made


# --- slopes of 0 -----------------------------------------------------------------------------------


def _say_flat(page: Page, nearby: Nearby, *, broken: bool) -> None:
    """A critical point, where all slopes are exactly 0; else which are only too small for floats."""
    network, steps = page.network, page.steps
    asked = network.parameters or network.inputs
    every = [e for q in asked for e in elements(q.shape, q.name, None)]
    if not every or not any(quantity.name in network.reaching for quantity in asked):
        return
    small = [e for e in every if abs(steps.exact(Gradient(e))) <= DUST]
    if len(every) > MOST_LOOKED_AT or len(small) < len(every):
        return
    zero = {e: nearby.is_zero(Gradient(e)) for e in every}
    f = steps.notation.loss_letter
    hidden = [e for e in every if zero[e] is False and steps.written(Gradient(e)).value == 0]
    if hidden:
        slopes = [(steps.leaf(Gradient(e)), "") for e in hidden[:MOST_SAID]]
        more = ["" if len(hidden) <= MOST_SAID else f" and {len(hidden) - MOST_SAID} more"]
        verb = "are" if len(hidden) > 1 else "is"
        page.say(
            *_listed(slopes),
            *more,
            f" {verb} not 0, only too small to be shown: {f} is saturated here, and this is no critical point.",
        )
    elif all(zero.values()) and not (broken and _turns(nearby, every)):
        slope = "Its slope is" if len(every) == 1 else "All partial derivatives are"
        page.say(
            f"{slope} 0 here: this is a critical point of {f}, where a step of "
            "gradient descent or ascent moves nothing."
        )


def _turns(nearby: Nearby, every: list[Element]) -> bool:
    """Has the last value a corner or a jump itself, along its numbers or between them?"""
    loss = Element(LOSS)
    ways = [{e: 1} for e in every]
    ways += [{e: (-1) ** (i * j) * (1 + i * j % 5) for i, e in enumerate(every)} for j in range(4)]
    return not all(nearby.is_smooth(loss, way) for way in ways)
