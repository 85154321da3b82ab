"""A table through time: the values of a recurrent layer a row, the times a column."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod

from handcalc.document import Table
from handcalc.formula import Formula, Symbol
from handcalc.network import Element, Gradient, Quantity, Ref
from handcalc.questions import _names
from handcalc.questions._page import Page

MOST_COLUMNS = 6
MOST_ROWS = 36
MOST_TIMES = 5
"""Times up to which each is worked out in full."""
FEWEST = 3
"""Times from which on gradients have a table."""


def write(page: Page, quantity: Quantity, sample: int | None) -> None:
    """The table, behind the last time that is read."""
    order = _read(page, quantity)
    if len(order) < 2 or quantity.label.at != order[-1] or not _fits(page, quantity):
        return
    times = _times(page, quantity)
    page.say(_intro(page, order))
    rows = [
        row
        for word in _words(times[order[-1]])
        for row in _rows(page, times, word, sample, _itself)
    ]
    _tables(page, rows, sorted(times), "value")


def write_back(page: Page, quantities: Sequence[Quantity], sample: int | None) -> None:
    """The gradients by the values of each time, behind the first time that was read."""
    of = next((q for q in quantities if _read(page, q)), None)
    if of is None or not _fits(page, of) or len(_read(page, of)) < FEWEST:
        return
    times, order = _times(page, of), _read(page, of)
    words = [
        _word(q)
        for q in times[order[-1]]
        if q.name in page.network.reaching and not q.label.passing
    ]
    rows = [row for word in words for row in _rows(page, times, word, sample, Gradient)]
    if rows:
        page.step(f"Layer {of.layer}{_names.way(of)}: gradients through time")
        page.say(_intro(page, order[::-1]))
        _tables(page, rows, sorted(times), "gradient by")


def _intro(page: Page, order: list[int]) -> str:
    left_out = [t for t in order if _is_between(order, t)]
    if not left_out or page.level == "full":
        return "Through time:"
    first, last = min(left_out), max(left_out)
    those = f"times {first} to {last}" if first < last else f"time {first}"
    return f"Through time, with {those} in the same way:"


def _tables(
    page: Page, rows: Sequence[tuple[Formula, dict[int, str]]], columns: list[int], what: str
) -> None:
    for start in range(0, len(columns), MOST_COLUMNS):
        part = columns[start : start + MOST_COLUMNS]
        header = (what, *(f"time {t}" for t in part))
        cells = tuple((row[0], *(row[1][t] for t in part)) for row in rows)
        page.add(Table(header, cells, frozenset(range(1, len(header)))))


def _itself(element: Element) -> Ref:
    return element


def repeats(page: Page, quantity: Quantity) -> bool:
    """Is this one of many times that go like those before, and stand in the table?"""
    order = _read(page, quantity)
    if page.level == "full" or quantity.label.at not in order or not _fits(page, quantity):
        return False
    assert quantity.label.at is not None
    return _is_between(order, quantity.label.at)


def repeats_back(page: Page, quantity: Quantity) -> bool:
    """The same on the way back: the last two times and the first are worked out."""
    order = _read(page, quantity)[::-1]
    if page.level == "full" or quantity.label.at not in order or not _fits(page, quantity):
        return False
    assert quantity.label.at is not None
    return _is_between(order, quantity.label.at)


def _is_between(order: list[int], time: int) -> bool:
    """Of many times the first two and the last are worked out in full."""
    return len(order) > MOST_TIMES and time not in (*order[:2], order[-1])


def _fits(page: Page, quantity: Quantity) -> bool:
    """Is there a table: of numbers, of a whole page, with not too many rows?"""
    if page.wanted is not None or page.network.symbolic or page.level == "brief":
        return False
    return (
        sum(prod(q.shape) for q in _times(page, quantity)[_read(page, quantity)[-1]]) <= MOST_ROWS
    )


def _read(page: Page, quantity: Quantity) -> list[int]:
    """The times in the order in which they are read; none of what does not go through time."""
    if quantity.label.at is None or quantity.label.counts != "time":
        return []
    return sorted(_times(page, quantity), reverse=quantity.label.way == "backward")


def _word(quantity: Quantity) -> tuple[str, str, str]:
    return quantity.label.word, quantity.label.below, quantity.label.stage


def _words(quantities: list[Quantity]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys(map(_word, quantities)))


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
    kind: Callable[[Element], Ref],
) -> list[tuple[Formula, dict[int, str]]]:
    """A row for each unit: its symbol without the time, and its value at each time."""
    of = {t: next(q for q in quantities if _word(q) == word) for t, quantities in times.items()}
    first = next(iter(of.values()))
    rows: list[tuple[Formula, dict[int, str]]] = []
    for i in range(prod(first.shape)):
        cells = {t: page.text(kind(Element(q.name, (i,), sample))) for t, q in of.items()}
        rows.append((_timeless(page, first, i), cells))
    return rows


def _timeless(page: Page, quantity: Quantity, i: int) -> Symbol:
    """h[1] for h₂[1]."""
    without = replace(quantity, label=replace(quantity.label, at=None))
    own = page.steps.notation.own
    base, key, lower, upper = own.parts(without, (i,))
    return Symbol(base, key, lower, upper, name=own.name(without, (i,)))
