"""Rectifiers that give 0 for every sample, after an update or through training, and what that means."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handcalc.formula import Formula, Symbol
from handcalc.network import Element
from handcalc.network.silent import silent
from handcalc.network.training import Course
from handcalc.questions._page import Page

MOST_NAMED = 8
"""Units that are named; of more of them it is said how many."""
WHY = "behind a rectifier that gives 0 no gradient reaches"


def through_training(page: Page, course: Course, per_epoch: int) -> None:
    """Units that gave 0 until the end, at least for an epoch."""
    since: dict[int, list[Element]] = {}
    for unit, step in course.died(per_epoch):
        since.setdefault(step, []).append(unit)
    seen = ", for all samples seen" if page.problem.samples else ""
    for step, units in sorted(since.items()):
        when = " in every step" if step == 1 else f" from step {step} on"
        _say(page, units, f"{when}{seen}: {WHY}", "weights")


def after_update(page: Page) -> None:
    """Units that the update has silenced."""
    result, network = page.steps.result, page.network
    before, after = silent(network, result.values), silent(network, result.after)
    units = [
        Element(name, (unit,))
        for name, own in after.items()
        for unit, is_silent in enumerate(own)
        if is_silent and not before[name][unit]
    ]
    samples = " for every sample" if page.steps.samples else ""
    if units:
        _say(page, units, f"{samples} with the new weights: {WHY}", "weights any more")


def _say(page: Page, units: Sequence[Element], when: str, weights: str) -> None:
    shown, one = units[:MOST_NAMED], len(units) == 1
    rest = f" and {len(units) - len(shown)} more" * (len(shown) < len(units))
    named = _between([_leaf(page, unit) for unit in shown], last=", " if rest else " and ")
    page.say(
        *named, f"{rest} {'is' if one else 'are'} 0{when} {'its' if one else 'their'} {weights}."
    )


def _leaf(page: Page, unit: Element) -> Formula:
    """The symbol of a unit, of no sample in particular."""
    leaf = page.steps.leaf(replace(unit, sample=0) if page.steps.samples else unit)
    return replace(leaf, sample=None) if isinstance(leaf, Symbol) else leaf


def _between(formulas: Sequence[Formula], last: str) -> Iterator[str | Formula]:
    """h1, h2 and h3."""
    for i, formula in enumerate(formulas):
        yield "" if i == 0 else last if i == len(formulas) - 1 else ", "
        yield formula
