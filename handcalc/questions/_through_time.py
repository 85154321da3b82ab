"""A table through time: the values of a recurrent layer a row, the times a column."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod

from handcalc.document import Table
from handcalc.formula import Formula, Symbol
from handcalc.network import Element, Gradient, Quantity, Ref
from handcalc.operations._tensor import Index, indices
from handcalc.questions import _names, _order
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
    if len(order) < 2 or quantity.label.at != order[-1] or not _is_whole(page):
        return
    times = page.times[quantity.layer, quantity.label.way]
    if not _fits(times[order[-1]]):
        _others(page, order)
        return
    page.say(_intro(page, order))
    words = dict.fromkeys(map(_word, times[order[-1]]))
    rows = [row for word in words for row in _rows(page, times, word, sample, _order.itself)]
    _tables(page, rows, sorted(times), "value")


def write_back(page: Page, quantities: Sequence[Quantity], sample: int | None) -> None:
    """The gradients by the values of each time, behind the first time that was read."""
    ways = {q.label.way: q for q in quantities if _read(page, q)}
    for of in ways.values() if _is_whole(page) else ():
        _way_back(page, of, sample)


def _way_back(page: Page, of: Quantity, sample: int | None) -> None:
    """The same for one way of reading."""
    order = _read(page, of)
    if len(order) < FEWEST:
        return
    times = page.times[of.layer, of.label.way]
    reaching = page.network.reaching
    own = [q for q in times[order[-1]] if q.name in reaching and not q.label.passing]
    if not _fits(own):
        _others(page, order[::-1])
        return
    rows = [row for q in own for row in _rows(page, times, _word(q), sample, Gradient)]
    if rows:
        page.step(f"Layer {of.layer}{_names.way(of)}: gradients through time")
        page.say(_intro(page, order[::-1]))
        _tables(page, rows, sorted(times), "gradient by")


def _others(page: Page, order: list[int]) -> None:
    """That there are more times, where a table of them would be too long."""
    left_out = [t for t in order if _is_between(order, t)]
    if left_out and page.level != "full":
        those = (
            f"Times {min(left_out)} to {max(left_out)} go"
            if len(left_out) > 1
            else f"Time {left_out[0]} goes"
        )
        page.say(f"{those} the same way (--level full, or --format json).")


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


def repeats(page: Page, quantity: Quantity) -> bool:
    """Is this one of many times that go like those before?"""
    return _goes_the_same_way(page, quantity, _read(page, quantity))


def repeats_back(page: Page, quantity: Quantity) -> bool:
    """The same on the way back: the last two times and the first are worked out."""
    return _goes_the_same_way(page, quantity, _read(page, quantity)[::-1])


def _goes_the_same_way(page: Page, quantity: Quantity, order: list[int]) -> bool:
    at = quantity.label.at
    whole = _is_whole(page) and page.level != "full"
    return whole and at is not None and at in order and _is_between(order, at)


def _is_between(order: list[int], time: int) -> bool:
    """Of many times the first two and the last are worked out in full."""
    return len(order) > MOST_TIMES and time not in (*order[:2], order[-1])


def _is_whole(page: Page) -> bool:
    """Is it a whole page, with numbers?"""
    return page.wanted is None and not page.network.symbolic and page.level != "brief"


def _fits(quantities: Sequence[Quantity]) -> bool:
    """Has a table of these not too many rows?"""
    return sum(prod(q.shape) for q in quantities) <= MOST_ROWS


def _read(page: Page, quantity: Quantity) -> list[int]:
    """The times in the order in which they are read; none of what does not go through time."""
    if quantity.label.at is None or quantity.label.counts != "time":
        return []
    times = page.times.get((quantity.layer, quantity.label.way), {})
    return sorted(times, reverse=quantity.label.way == "backward")


def _word(quantity: Quantity) -> tuple[str, str, str]:
    return quantity.label.word, quantity.label.below, quantity.label.stage


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
    for index in indices(first.shape):
        cells = {t: page.text(kind(Element(q.name, index, sample))) for t, q in of.items()}
        rows.append((_timeless(page, first, index), cells))
    return rows


def _timeless(page: Page, quantity: Quantity, index: Index) -> Symbol:
    """h[1] for h₂[1]."""
    without = replace(quantity, label=replace(quantity.label, at=None))
    own = page.steps.notation.own
    base, key, lower, upper = own.parts(without, index)
    return Symbol(base, key, lower, upper, name=own.name(without, index))
