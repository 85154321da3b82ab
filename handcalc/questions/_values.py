"""Values of the file under one heading, gate by gate."""

from collections.abc import Iterator, Sequence
from math import prod

from handcalc.errors import listed
from handcalc.formula.greek import lettered
from handcalc.questions import _order
from handcalc.questions._page import Page

MOST_NAMED = 6
"""Values up to which a heading names each of them."""


def runs(places: Sequence[_order.Place]) -> Iterator[list[_order.Place]]:
    """Values of the file one behind the other that are single numbers of one sample; else place by place."""
    run: list[_order.Place] = []
    for place in places:
        _, quantities, together = place
        single = all(q.label.of_file and prod(q.shape) == 1 for q in quantities)
        if run and (not single or together != run[0][2]):
            yield run
            run = []
        if single and len(together) == 1:
            run.append(place)
        else:
            yield [place]
    if run:
        yield run


def are_together(run: Sequence[_order.Place]) -> bool:
    """Do the values of a run stand under one heading?"""
    return all(
        len(together) == 1 and quantity.label.of_file and prod(quantity.shape) == 1
        for _, quantities, together in run
        for quantity in quantities
    )


def write(page: Page, run: Sequence[_order.Place]) -> None:
    """A line for each of them, gates before the value that they make."""
    (sample,) = run[0][2]
    wanted = [
        ref
        for _, quantities, _ in run
        for quantity in quantities
        for ref in page.of(_order.itself, quantity.name, sample)
        if page.wants(ref)
    ]
    if not wanted:
        return
    names = [lettered(name) for name in dict.fromkeys(layer for layer, _, _ in run)]
    at = "" if sample is None else f"Sample {page.network.sample_number(sample)}: "
    gates = any(quantity.label.own for _, quantities, _ in run for quantity in quantities)
    *before, last = names
    few = f"{listed(before)} and {last}" if before else last
    named = few if len(names) <= MOST_NAMED else f"{len(names)} values"
    page.step(f"{at}{named}{', gate by gate' if gates else ''}")
    page.lines(wanted)
