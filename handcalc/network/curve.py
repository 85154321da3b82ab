"""E(w): the loss with other numbers in place of one that is learned, by forward passes.

Its curve breaks where the loss has no finite value, and where it jumps: a jump stays what it is between points that
are ever closer, and at a pole it grows.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from handcalc.network.graph import LOSS, Network
from handcalc.network.passes import forward, loss_of
from handcalc.network.refs import Element

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Point: TypeAlias = tuple[float, float]

STEEP = 0.02
"""Of the height that is seen: what a curve may climb from one point to the next without a closer look."""
HALVINGS = 12
STAYS = 0.3
"""Of a climb: what a curve without a jump does not keep in so many halvings, and one with a jump does."""


class Along:
    """The loss of a network, seen along one of its learned numbers; `values` are those of a forward pass."""

    def __init__(self, network: Network, element: Element, values: "dict[str, Array]") -> None:
        self.network, self.element, self.values = network, element, values
        uses = (i for i, node in enumerate(network.nodes) if element.quantity in node.inputs)
        self._start = next(uses, len(network.nodes))

    @property
    def size(self) -> int:
        """Values that are worked out for each point."""
        nodes = self.network.nodes[self._start :]
        return sum(self.values[node.output].size for node in nodes)

    def at(self, x: float) -> float | None:
        """The loss there, over all samples; None where it has no finite value."""
        array = self.values[self.element.quantity].copy()
        array[self.element.index] = x
        given = {**self.values, self.element.quantity: array}
        found = loss_of(self.network, forward(self.network, given, self._start)[LOSS])
        return found if isfinite(found) else None

    def curve(self, xs: Iterable[float], low: float, high: float) -> list[Point | None]:
        """The points between two heights, and None where the curve breaks or leaves them."""
        there = [(x, self.at(x)) for x in xs]
        steep = STEEP * (high / 2 - low / 2) * 2
        found = list[Point | None]()
        for (x, y), (x_next, y_next) in pairwise([*there, (0.0, None)]):
            seen = y is not None and low <= y <= high
            found.append((x, y) if y is not None and seen else None)
            if seen and y is not None and y_next is not None and abs(y_next - y) > steep:
                found += [None] if self._jumps((x, y), (x_next, y_next)) else []
        return found

    def _jumps(self, left: Point, right: Point) -> bool:
        """Is a climb between two points still there between ever closer ones?"""
        climb = abs(right[1] - left[1])
        for _ in range(HALVINGS):
            x = left[0] / 2 + right[0] / 2
            y = self.at(x)
            if y is None:
                return True
            if abs(y - left[1]) > abs(right[1] - y):
                right = (x, y)
            else:
                left = (x, y)
        return abs(right[1] - left[1]) > STAYS * climb
