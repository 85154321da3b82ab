r"""A plot as LaTeX's own `picture`: lines are flat `\qbezier` curves, which go in every direction.

Where pict2e is installed they are drawn by the printer, else as dots close to each other.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import hypot

from handcalc.document import Plot, Point, evenly
from handcalc.formats._latex_words import escaped
from handcalc.formats._plot import Box, axes, runs, with_room

WIDTH, HEIGHT = 340.0, 190.0
"""Points of the box."""
LEFT, BELOW, LINE, LETTER = 52.0, 30.0, 13.0, 5.0
TICKS_ACROSS, TICKS_UP = 7, 6
MOST = 160
"""Points of a curve that are drawn: more of them are no finer on paper."""
DASHES = ((), (5.0, 3.0), (1.5, 2.5), (8.0, 3.0))
"""Points drawn and left out, curve by curve."""


def picture(plot: Plot) -> str:
    """The plot with its ticks and names; the first curve whole, the others dashed."""
    drawing = _Drawing(plot)
    legend = LINE * len(plot.curves) if len(plot.curves) > 1 else 0.0
    size = f"({LEFT + WIDTH + 12:.0f},{HEIGHT + BELOW + LINE + 4 + legend:.0f})"
    corner = f"({-LEFT:.0f},{-BELOW - legend:.0f})"
    return "\n".join(
        [
            r"\begingroup\footnotesize\setlength{\unitlength}{1pt}",
            rf"\begin{{picture}}{size}{corner}",
            *drawing.frame(),
            *drawing.curves(),
            *drawing.path(),
            *(drawing.legend() if legend else ()),
            r"\end{picture}\par\endgroup",
        ]
    )


class _Drawing:
    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.across, self.up = axes(plot)

    def at(self, point: Point) -> Point:
        """Where a point stands, from the corner below on the left."""
        return self.across.share(point[0]) * WIDTH, self.up.share(point[1]) * HEIGHT

    def frame(self) -> Iterator[str]:
        yield rf"\put(0,0){{\framebox({WIDTH:.0f},{HEIGHT:.0f}){{}}}}"
        for value, label in self.up.ticks(TICKS_UP):
            y = self.at((self.across.low, value))[1]
            yield rf"\put(0,{y:.2f}){{\line(1,0){{4}}}}"
            yield _text(-4, y, "r", f"${label}$")
        for value, label in self._ticks_across():
            x = self.at((value, self.up.low))[0]
            yield rf"\put({x:.2f},0){{\line(0,1){{4}}}}"
            yield _text(x, -4, "t", f"${label}$")
        yield _text(0, HEIGHT + LINE / 2, "lb", escaped(self.plot.y))
        yield _text(WIDTH, -BELOW + 3, "rb", escaped(self.plot.x))

    def _ticks_across(self) -> list[tuple[float, str]]:
        """As many as have room for their numbers."""
        for most in range(TICKS_ACROSS, 1, -1):
            ticks = self.across.ticks(most)
            if sum(len(label) * LETTER + 2 * LETTER for _, label in ticks) <= WIDTH:
                return ticks
        return self.across.ticks(1)

    def curves(self) -> Iterator[str]:
        for number, curve in enumerate(self.plot.curves):
            for run in runs(curve.points):
                places = _apart([self.at(run[i]) for i in evenly(len(run), MOST)])
                if len(places) == 1:
                    yield _dot(places[0], 2.5)
                yield from _lines(places, DASHES[number % len(DASHES)])

    def path(self) -> Iterator[str]:
        """The points in order, each with its number where there is room for it above."""
        places = [self.at(visited.at) for visited in self.plot.path]
        labels = [str(visited.step) for visited in self.plot.path]
        yield from (_dot(place, 4) for place in places)
        boxes = [_above(label, place) for label, place in zip(labels, places, strict=True)]
        for i in with_room(boxes):
            yield _text(places[i][0], places[i][1] + 4, "b", labels[i])

    def legend(self) -> Iterator[str]:
        """Which curve is which."""
        for number, curve in enumerate(self.plot.curves):
            y = -BELOW - LINE * (number + 0.5)
            yield from _lines([(0.0, y), (28.0, y)], DASHES[number % len(DASHES)])
            yield _text(34, y, "l", escaped(curve.name))


def _apart(places: list[Point]) -> list[Point]:
    """Without those next to the one before: of a line of no length LaTeX says that a number is too large."""
    kept = places[:1]
    for x, y in places[1:]:
        if hypot(x - kept[-1][0], y - kept[-1][1]) > 1:
            kept.append((x, y))
    return kept


def _lines(places: list[Point], dashes: tuple[float, ...]) -> Iterator[str]:
    """From point to point; of dashes the parts that are drawn, along the whole way."""
    done = 0.0
    for (x, y), (x_end, y_end) in pairwise(places):
        length = hypot(x_end - x, y_end - y)
        for begin, end in _drawn(done, done + length, dashes) if length else ():
            one, other = ((along - done) / length for along in (begin, end))
            yield _line(
                (x + one * (x_end - x), y + one * (y_end - y)),
                (x + other * (x_end - x), y + other * (y_end - y)),
            )
        done += length


def _drawn(begin: float, end: float, dashes: tuple[float, ...]) -> Iterator[tuple[float, float]]:
    if not dashes:
        yield begin, end
        return
    drawn, period = dashes[0], sum(dashes)
    for k in range(int(begin // period), int(end // period) + 1):
        low, high = max(begin, k * period), min(end, k * period + drawn)
        if high - low > 0.5:
            yield low, high


def _line(begin: Point, end: Point) -> str:
    middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
    return r"\qbezier" + "".join(f"({x:.2f},{y:.2f})" for x, y in (begin, middle, end))


def _dot(place: Point, size: float) -> str:
    return rf"\put({place[0]:.2f},{place[1]:.2f}){{\circle*{{{size}}}}}"


def _text(x: float, y: float, side: str, words: str) -> str:
    return rf"\put({x:.2f},{y:.2f}){{\makebox(0,0)[{side}]{{{words}}}}}"


def _above(label: str, place: Point) -> Box:
    half = len(label) * LETTER / 2 + 1
    return place[0] - half, -place[1] - LINE, place[0] + half, -place[1] - 4
