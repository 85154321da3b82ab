"""share = (v - low)/(high - low): where a value stands on an axis; ticks are 1, 2 or 5 times 10ᵏ.

What text and pictures have in common: the ends of both axes, round ticks, and which numbers have room.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import chain
from typing import TypeAlias

from handcalc.document import Plot, Point

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

MARGIN = 0.05
"""What is left free above and below, as a share of what is drawn."""
NARROW = 1e-6
"""Values that differ by a smaller share of their size are drawn as equal ones: their ticks could not be told apart."""
LONGEST = 9
"""Characters of a tick that is not written as a power of ten."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From the lowest to the highest value that has a place on it."""

    low: float
    high: float
    whole: bool = False
    """Are there whole numbers only, as of steps?"""

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high one."""
        # Halves: the difference of two numbers may be larger than any float.
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Up to so many round values on the axis, the finest that there are, each as it is written."""
        low, high = Decimal(self.low), Decimal(self.high)
        for step in _steps(high - low, whole=self.whole):
            first = int((low / step).to_integral_value(ROUND_CEILING))
            last = int((high / step).to_integral_value(ROUND_FLOOR))
            if last - first < most:
                values = [step * k for k in range(first, last + 1)]
                return list(zip(map(float, values), _written(values, step), strict=True))
        return []


def _steps(span: Decimal, *, whole: bool) -> Iterator[Decimal]:
    """Round distances between ticks, small ones first."""
    lowest = span.adjusted() - 2
    for power in range(max(lowest, 0) if whole else lowest, span.adjusted() + 2):
        for digit in (1, 2, 5):
            yield Decimal(digit).scaleb(power)


def _written(values: Sequence[Decimal], step: Decimal) -> list[str]:
    """All with the decimals of their distance, or all as powers of ten."""
    places = max(0, -step.adjusted())
    plain = [f"{value:z.{places}f}" for value in values]
    powers = [f"{value.normalize():e}".replace("e+", "e") if value else "0" for value in values]
    longest = max(map(len, plain), default=0)
    return plain if longest <= max(LONGEST, *map(len, powers)) else powers


def axes(plot: Plot) -> tuple[Axis, Axis]:
    """From left to right as far as there are points; upwards with a margin."""
    xs, ys = zip(*plot.points, strict=True)
    whole = all(float(x).is_integer() for x in xs)
    low, high = _apart(min(ys), max(ys))
    margin = MARGIN * (high / 2 - low / 2) * 2
    # At the end of all floats there is no room for a margin.
    low, high = max(low - margin, -_MOST), min(high + margin, _MOST)
    return Axis(*_apart(min(xs), max(xs)), whole), Axis(low, high)


_MOST = 1.7e308


def _apart(low: float, high: float) -> tuple[float, float]:
    """Two ends that are apart, where all values are the same."""
    size = max(abs(low), abs(high))
    if high / 2 - low / 2 > NARROW * size / 2:
        return low, high
    room = size / 2 or 1.0
    return max(low - room, -_MOST), min(high + room, _MOST)


def runs(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    """The parts of a curve that have no break."""
    run: list[Point] = []
    for point in chain(points, (None,)):
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []


def with_room(boxes: Sequence[Box], taken: Sequence[Box] = ()) -> list[int]:
    """Which of some boxes can be drawn without one over another; the first and the last come first."""
    order = dict.fromkeys([0, len(boxes) - 1, *range(len(boxes))]) if boxes else {}
    drawn, found = list(taken), list[int]()
    for i in order:
        if not any(_meet(boxes[i], other) for other in drawn):
            drawn.append(boxes[i])
            found.append(i)
    return sorted(found)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
