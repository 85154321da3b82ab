"""A table through time: the values of a recurrent layer a row, the times a column."""

from dataclasses import replace
from math import prod

from handcalc.document import Table
from handcalc.formula import Formula, Symbol
from handcalc.network import Element, Quantity
from handcalc.questions._page import Page

MOST_COLUMNS = 7
MOST_ROWS = 24


def write(page: Page, quantity: Quantity, sample: int | None) -> None:
    """The table, behind the last time that is read."""
    if page.wanted is not None or page.network.symbolic or quantity.label.counts != "time":
        return
    times = _times(page, quantity)
    if quantity.label.at is None or len(times) < 2 or page.level == "brief":
        return
    last = min(times) if quantity.label.way == "backward" else max(times)
    if quantity.label.at != last:
        return
    words = list(dict.fromkeys((q.label.word, q.label.below, q.label.stage) for q in times[last]))
    rows = [row for word in words for row in _rows(page, times, word, sample)]
    if len(rows) > MOST_ROWS:
        return
    page.say("Through time:")
    order = sorted(times)
    for start in range(0, len(order), MOST_COLUMNS):
        part = order[start : start + MOST_COLUMNS]
        header = ("value", *(f"time {t}" for t in part))
        cells = tuple((row[0], *(row[1][t] for t in part)) for row in rows)
        page.add(Table(header, cells, frozenset(range(1, len(header)))))


def _times(page: Page, quantity: Quantity) -> dict[int, list[Quantity]]:
    """The quantities of each time of this layer, read this way."""
    found: dict[int, list[Quantity]] = {}
    for other in page.network.values:
        label = other.label
        same = other.layer == quantity.layer and label.way == quantity.label.way
        if same and label.at is not None and label.counts == "time":
            found.setdefault(label.at, []).append(other)
    return found


def _rows(
    page: Page,
    times: dict[int, list[Quantity]],
    word: tuple[str, str, str],
    sample: int | None,
) -> list[tuple[Formula, dict[int, str]]]:
    """A row for each unit: its symbol without the time, and its value at each time."""
    of = {
        t: next(q for q in quantities if (q.label.word, q.label.below, q.label.stage) == word)
        for t, quantities in times.items()
    }
    first = next(iter(of.values()))
    rows: list[tuple[Formula, dict[int, str]]] = []
    for i in range(prod(first.shape)):
        cells = {t: page.text(Element(q.name, (i,), sample)) for t, q in of.items()}
        rows.append((_timeless(page, first, i), cells))
    return rows


def _timeless(page: Page, quantity: Quantity, i: int) -> Symbol:
    """h[1] for h₂[1]."""
    without = replace(quantity, label=replace(quantity.label, at=None))
    own = page.steps.notation.own
    base, key, lower, upper = own.parts(without, (i,))
    return Symbol(base, key, lower, upper, name=own.name(without, (i,)))
