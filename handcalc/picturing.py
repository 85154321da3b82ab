"""The matrix that a picture shows: the one that is asked, or the last of the forward pass."""

from collections.abc import Sequence
from math import isfinite

from handcalc.answers import MOST_PROVED, key_of_whole, prove, wholes
from handcalc.document import Grid
from handcalc.errors import UsageError, listed, times
from handcalc.network import Quantity, Ref
from handcalc.operations._channels import Channels
from handcalc.operations._tensor import indices
from handcalc.questions._page import Page, elements

COLORS = (1, 3)
"""Channels of a picture: gray, or red, green and blue."""


def pictured(page: Page) -> Grid:
    """The values of one whole quantity, checked; UsageError where not exactly one is meant."""
    if page.network.symbolic:
        raise UsageError(
            "a picture needs numbers; this problem has none, so write some in its file"
        )
    if page.wanted is None:
        quantity, refs = _last(page)
    else:
        found = wholes(page.steps, page.targets)
        if len(found) > 1:
            keys = listed([key_of_whole(page.steps, q, refs[0]) for q, refs in found])
            raise UsageError(f"a picture shows one matrix, not {keys}; ask for one of them")
        if not found:
            raise UsageError(f"a picture shows a whole matrix{_instead(page)}")
        quantity, refs = found[0]
    if not _fits(page, quantity):
        size, key = (
            times(quantity.shape),
            key_of_whole(page.steps, quantity, refs[0]),
        )
        what = f"{key} has {size} values" if quantity.shape else f"{key} is one number"
        said = f"{what}, but a picture shows a matrix, or 3 of them as red, green and blue"
        raise UsageError(f"{said}{_instead(page)}")
    return _grid(page, quantity, refs)


def _grid(page: Page, quantity: Quantity, refs: Sequence[Ref]) -> Grid:
    prove(page.steps, list(refs[:MOST_PROVED]))
    order = _order(page, quantity)
    values = dict(zip(indices(quantity.shape), map(page.steps.exact, refs), strict=True))
    key = key_of_whole(page.steps, quantity, refs[0])
    if not all(map(isfinite, values.values())):
        raise UsageError(f"{key} has values that are not finite; write smaller numbers")
    rows, columns = order.spatial(quantity.shape)
    channels = tuple(
        tuple(tuple(values[order.joined(c, (i, j))] for j in range(columns)) for i in range(rows))
        for c in range(order.count(quantity.shape))
    )
    return Grid(key, channels)


def _last(page: Page) -> tuple[Quantity, list[Ref]]:
    """The last result of a layer that fits a picture, of the last sample."""
    fitting = [q for q in page.network.values if _fits(page, q)]
    if not fitting:
        raise UsageError(f"no layer gives a matrix that a picture could show{_instead(page)}")
    sample = max(page.steps.samples, default=None)
    return fitting[-1], list[Ref](elements(fitting[-1].shape, fitting[-1].name, sample))


def _order(page: Page, quantity: Quantity) -> Channels:
    kernel = quantity.kind == "learned"
    return Channels("none" if kernel else page.network.channels(quantity.name))


def _fits(page: Page, quantity: Quantity) -> bool:
    order, shape = _order(page, quantity), quantity.shape
    return bool(shape) and len(order.spatial(shape)) == 2 and order.count(shape) in COLORS


def _instead(page: Page) -> str:
    """The keys that a picture can be made of."""
    quantities = page.network.of_kind("input", "made", "learned")
    keys = [page.steps.notation.whole(q) for q in quantities if _fits(page, q)]
    return f"; ask for {'one of ' * (len(keys) > 1)}{listed(keys)}" if keys else ""
