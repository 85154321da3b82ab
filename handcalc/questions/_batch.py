"""Values of all samples under one heading, where samples meet and are worked out side by side."""

from collections.abc import Callable, Sequence
from math import prod

from handcalc.formula import Leaf
from handcalc.network import Element, Gradient, Quantity, Ref
from handcalc.questions import _grids, _names
from handcalc.questions._page import Page

MOST_LINES = 8
"""Values of all samples together up to which each has its line."""
MOST_ROWS = 20


def write(
    page: Page,
    quantity: Quantity,
    samples: Sequence[int | None],
    kind: Callable[[Element], Ref],
    in_full: Callable[[list[Ref]], None],
) -> None:
    """The first of them in full, then all of them: a row for each sample."""
    refs = [ref for sample in samples for ref in page.of(kind, quantity.name, sample)]
    if not refs:
        return
    forward = kind is not Gradient
    if forward:
        page.step(
            f"{_names.owner(quantity)}{_names.place(quantity)}, all samples: {quantity.label.heading}"
        )
    if page.level == "brief" and not page.network.symbolic:
        _grid(page, quantity, samples, kind)
        return
    asked = page.wanted is not None or page.network.symbolic
    if asked or len(refs) <= (MOST_LINES if forward else 1):
        in_full(refs)
        return
    if forward:
        page.say("The first in full:")
        in_full(refs[:1])
        page.say("All of them in the same way:")
    else:
        in_full(refs[:1])
        own = _names.owner(quantity) + _names.place(quantity)
        page.step(f"{own}, all samples: {_names.all_of(quantity)} in the same way")
    _grid(page, quantity, samples, kind)


def _grid(
    page: Page,
    quantity: Quantity,
    samples: Sequence[int | None],
    kind: Callable[[Element], Ref],
) -> None:
    """A matrix with a row for each sample; of arrays one matrix a sample."""
    if len(quantity.shape) > 1 or prod(quantity.shape) > MOST_ROWS or len(samples) > MOST_ROWS:
        for sample in samples:
            _grids.write(page, quantity.name, kind, sample)
        return
    places = range(quantity.shape[0]) if quantity.shape else range(1)
    refs = [
        [kind(Element(quantity.name, (i,) if quantity.shape else (), sample)) for i in places]
        for sample in samples
    ]
    notation = page.steps.notation
    whole: Leaf = notation.whole_symbol(quantity)
    if kind is Gradient:
        whole = notation.whole_gradient(quantity)
    _grids.add(page, whole, refs)
