"""What is left of a gradient through time: the slopes from state to state, multiplied."""

from math import prod
from typing import get_args

from handcalc.document import Table
from handcalc.formula import Formula, Number, Product
from handcalc.formula.text import text
from handcalc.layers._label import Way
from handcalc.network import Element, Local, Quantity, Ref
from handcalc.questions._page import Page

FEWEST = 3
"""Times from which on a product of slopes tells something."""
LITTLE, MUCH = 0.01, 10.0
"""Sizes of the product that are called vanishing and exploding."""
MOST_ROWS = 8


def write(page: Page, layer: str, sample: int | None) -> None:
    """A step for each chain of states: those of a plain layer, the cells of an LSTM."""
    if page.wanted is not None or page.network.symbolic or page.level == "brief":
        return
    for states in _chains(page, layer):
        slopes = [
            _between(page, *pair, sample) for pair in zip(states[1:], states[:-1], strict=True)
        ]
        if len(states) >= FEWEST and all(slopes):
            _step(page, states, slopes, sample)


def _chains(page: Page, layer: str) -> list[list[Quantity]]:
    """The states of a layer in the order in which they are read."""
    found: dict[tuple[str, str], list[Quantity]] = {}
    of_ways = [page.times.get((layer, way), {}) for way in get_args(Way)]
    for quantity in (q for times in of_ways for values in times.values() for q in values):
        label = quantity.label
        if label.word in ("h", "c") and not label.below and not label.stage:
            found.setdefault((label.way, label.word), []).append(quantity)
    cells = {way for way, word in found if word == "c"}
    # Beside cells, which hand a gradient on along a path of their own, states are no chain.
    return [states for (way, word), states in found.items() if word == "c" or way not in cells]


def _between(page: Page, later: Quantity, earlier: Quantity, sample: int | None) -> list[Ref]:
    """The slopes from one state to the one before: directly, or through one weighted sum."""
    first = tuple(0 for _ in later.shape)
    of, by = Element(later.name, first, sample), Element(earlier.name, first, sample)
    network = page.network
    direct = network.producer(later.name)
    if earlier.name in direct.inputs and direct.cut != earlier.name:
        return [Local(of, by)]
    if prod(later.shape) > 1:
        return []  # every unit then reaches every other one
    for node, _ in network.consumers(earlier.name):
        if node.output in direct.inputs and node.cut != earlier.name:
            between = Element(node.output, first, sample)
            return [Local(of, between), Local(between, by)]
    return []


def _step(page: Page, states: list[Quantity], slopes: list[list[Ref]], sample: int | None) -> None:
    steps, first = page.steps, tuple(0 for _ in states[0].shape)
    at = "" if sample is None else f", sample {page.network.sample_number(sample)}"
    way = f", {states[0].label.way}" * bool(states[0].label.way)
    page.step(f"Layer {states[0].layer}{way}{at}: what is left of a gradient through time")
    whole, before = 1.0, Number(1)
    rows: list[tuple[str | Formula, ...]] = []
    for earlier, refs in zip(reversed(states[:-1]), reversed(slopes), strict=True):
        whole *= prod(steps.written(ref).value for ref in refs)
        leaves = tuple(steps.leaf(ref) for ref in refs)
        slope: Formula = leaves[0] if len(leaves) == 1 else Product(leaves)
        numbers = (
            text(Product((before, *map(page.steps.number, leaves))))
            if rows
            else text(page.numbers(slope))
        )
        written = steps.policy.write(whole, "")
        left, before = written.text, Number(written.value, written.text)
        rows.append((f"time {earlier.label.at}", slope, numbers, left))
    if len(rows) > MOST_ROWS:
        rows = [*rows[: MOST_ROWS - 1], ("…", "", "", ""), rows[-1]]
    last = steps.leaf(Element(states[-1].name, first, sample))
    unit = "" if prod(states[0].shape) == 1 else " of unit 1"
    path = "" if len(slopes[0]) > 1 else " along the path from state to state alone"
    page.say(
        "How much of a gradient by ",
        last,
        f"{unit} comes back to earlier times{path}: at each of them it is multiplied by one slope more.",
    )
    page.add(Table(("back to", "slope", "with numbers", "left"), tuple(rows), frozenset({3})))
    start = states[0].label.at
    if abs(whole) < LITTLE:
        page.say(f"Next to nothing is left at time {start}: through time this gradient vanishes.")
    elif abs(whole) > MUCH:
        grown = rows[-1][3]
        page.say(f"It is {grown} times as large at time {start}: this gradient explodes.")
    else:
        page.say(f"At time {start} {rows[-1][3]} of it is left.")
