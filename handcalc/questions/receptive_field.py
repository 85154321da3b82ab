"""Receptive field: how many cells of the input, along each axis, one cell of a layer depends on.

With a window of k cells, d apart, moved by s: field + d(k - 1)·jump, then the jump becomes jump·s. The
jump is how far apart, in cells of the input, neighbouring cells of a layer stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from handcalc.document import Line, Lines, Table
from handcalc.formula import Formula, Number, Symbol, number
from handcalc.network.graph import INPUT, Network
from handcalc.operations._pool import Pool
from handcalc.operations._sizes import axes
from handcalc.operations.correlate import Correlate
from handcalc.questions._page import Page


@dataclass(frozen=True, slots=True)
class _Seen:
    """One window along one axis: the field and the jump before it, and the window."""

    layer: str
    field: int
    jump: int
    k: int
    d: int
    s: int

    @property
    def reach(self) -> int:
        """The field behind the window."""
        return self.field + self.d * (self.k - 1) * self.jump


def write(page: Page) -> None:
    """Layer by layer along the path to the output; one axis after the other where they differ."""
    if page.wanted is not None:
        return
    by_axis = _along_path(page.network)
    if not by_axis:
        return
    page.section("Receptive field")
    page.say(
        "One cell of a layer depends on so many cells of the input in a row. A window of k cells makes the "
        "field larger by (k - 1) jumps; the jump is the product of the strides before it."
    )
    alike = len({tuple((w.k, w.d, w.s) for w in axis) for axis in by_axis}) == 1
    for name, windows in zip(axes(len(by_axis)), by_axis, strict=True):
        page.step("Each axis" if alike else name.capitalize())
        if page.level != "brief":
            page.add(Lines(tuple(map(_line, windows))))
        rows = tuple((w.layer, *map(str, (w.k, w.s, w.jump * w.s, w.reach))) for w in windows)
        head = ("layer", "window", "stride", "jump", "field")
        page.add(Table(head, rows, frozenset({1, 2, 3, 4})))
        if alike:
            break


def _line(window: _Seen) -> Line:
    """Field = field + (k - 1)·jump = 6 + (5 - 1)·2 = 14."""
    field, jump, k, d = (Symbol(letter, letter) for letter in ("field", "jump", "k", "d"))
    symbols: Formula = field + (k - 1) * jump if window.d == 1 else field + d * (k - 1) * jump
    n = number(window.k) - 1
    spread: Formula = n * number(window.jump)
    if window.d > 1:
        spread = number(window.d) * n * number(window.jump)
    value = Number(window.reach, str(window.reach))
    return Line(Symbol(window.layer, window.layer), symbols, number(window.field) + spread, value)


def _along_path(network: Network) -> list[list[_Seen]]:
    """The windows on the path from the input to the output, axis by axis."""
    found: list[list[_Seen]] = []
    for layer, operation in _windowed(network):
        windows = operation.windows
        if not found:
            found = [[] for _ in windows.size]
        if len(found) != len(windows.size):
            return []
        for axis, k, d, s in zip(
            found, windows.size, windows.dilation, windows.strides, strict=True
        ):
            last = axis[-1] if axis else _Seen("", 1, 1, 1, 1, 1)
            axis.append(_Seen(layer, last.reach, last.jump * last.s, k, d, s))
    return found


def _windowed(network: Network) -> Iterator[tuple[str, Correlate | Pool]]:
    path, name = [], network.output
    while name != INPUT:
        node = network.producer(name)
        if isinstance(node.operation, Correlate | Pool):
            path.append((network.quantities[node.output].layer, node.operation))
        name = node.inputs[0]
    yield from reversed(path)
