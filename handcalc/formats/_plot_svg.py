"""A plot as an element of a page: x = left + share·width, y = bottom - share·height.

It is small, so that its letters are still read on a phone, and grows with the page.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from handcalc.document import Plot, Point
from handcalc.errors import printable
from handcalc.formats._plain import wide
from handcalc.formats._plot import Box, axes, runs, with_room

WIDTH, HEIGHT = 420.0, 280.0
TOP, RIGHT, BOTTOM = 26.0, 14.0, 38.0
"""What is left free around the box; on the left the ticks say how much."""
LETTER, LINE, GAP = 7.0, 16.0, 8.0
"""A letter of the ticks, a line of the legend, and what stands between things."""
RADIUS = 3.5
TICKS_UP, TICKS_ACROSS = 6, 8
COLORS = 4
"""Looks of curves that page.css tells apart."""


def curves(plot: Plot, style: str = "") -> str:
    """The plot as an element of a page, or with a style of its own."""
    drawing = _Drawing(plot)
    size = f"{WIDTH:.0f} {drawing.height:.0f}"
    head = f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size}"'
    own = f' width="{WIDTH:.0f}" height="{drawing.height:.0f}"' if style else ""
    # In a page the caption stands below; it need not be read out twice.
    said = plot.caption if style else f"{plot.y} over {plot.x}"
    title = f"<title>{_words(said)}</title>"
    css = f"<style>{style}</style>" if style else ""
    return "\n".join([f"{head}{own}>{title}{css}", *drawing.parts(), "</svg>"])


def _words(words: str) -> str:
    return escape(printable(words))


class _Drawing:
    """The box, what stands around it, and what is drawn in it."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.across, self.up = axes(plot)
        self.up_ticks = self.up.ticks(TICKS_UP)
        longest = max((len(label) for _, label in self.up_ticks), default=0)
        self.left = longest * LETTER + 2 * GAP
        self.right, self.bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        self.legend = len(plot.curves) > 1
        self.height = HEIGHT + LINE * len(plot.curves) * self.legend

    def parts(self) -> Iterator[str]:
        """From the back to the front."""
        yield from self._frame()
        for number, curve in enumerate(self.plot.curves):
            kind = f"curve-{number % COLORS + 1}"
            for run in runs(curve.points):
                yield self._line(run, kind) if len(run) > 1 else _circle(self.at(run[0]), kind)
        yield from self._path()
        if self.legend:
            yield from self._legend()

    def at(self, point: Point) -> Point:
        """Where a point stands."""
        x = self.left + self.across.share(point[0]) * (self.right - self.left)
        return x, self.bottom - self.up.share(point[1]) * (self.bottom - TOP)

    def _frame(self) -> Iterator[str]:
        size = f'width="{self.right - self.left:.1f}" height="{self.bottom - TOP:.1f}"'
        yield f'<rect x="{self.left:.1f}" y="{TOP:.1f}" {size}/>'
        for value, label in self.up_ticks:
            y = self.at((self.across.low, value))[1]
            yield f'<path class="grid" d="M{self.left:.1f},{y:.1f} H{self.right:.1f}"/>'
            yield _text(label, self.left - GAP / 2, y + 4, "end")
        for value, label in self._ticks_across():
            x = self.at((value, self.up.low))[0]
            yield f'<path class="grid" d="M{x:.1f},{TOP:.1f} V{self.bottom:.1f}"/>'
            yield _text(label, x, self.bottom + LINE, "middle")
        yield _text(self.plot.y, self.left, TOP - GAP, "start", "name")
        yield _text(self.plot.x, self.right, self.bottom + 2 * LINE - 2, "end", "name")

    def _ticks_across(self) -> list[tuple[float, str]]:
        """As many as have room for their numbers."""
        for most in range(TICKS_ACROSS, 1, -1):
            ticks = self.across.ticks(most)
            widest = max((len(label) for _, label in ticks), default=0) * LETTER + GAP
            if len(ticks) * widest <= self.right - self.left:
                return ticks
        return self.across.ticks(1)

    def _line(self, run: list[Point], kind: str) -> str:
        first, *more = (f"{x:.2f},{y:.2f}" for x, y in map(self.at, run))
        return f'<path class="{kind}" d="M{first} L{" ".join(more)}"/>'

    def _path(self) -> Iterator[str]:
        """The points in order, each with its number where there is room for it above or below."""
        places = [self.at(visited.at) for visited in self.plot.path]
        labels = [str(visited.step) for visited in self.plot.path]
        yield from (_circle(place, "point") for place in places)
        # Below the box are the ticks, above its corner a name.
        name = (self.left, 0.0, self.left + len(self.plot.y) * LETTER, TOP)
        taken: list[Box] = [(0.0, self.bottom, WIDTH, self.height), name]
        left = list(range(len(places)))
        for down in (-GAP, GAP + LETTER + 2):
            boxes = [_around(labels[i], places[i], down) for i in left]
            shown = with_room(boxes, taken)
            for i in shown:
                x, y = places[left[i]]
                yield _text(labels[left[i]], x, y + down, "middle", "point")
            taken += [boxes[i] for i in shown]
            left = [place for i, place in enumerate(left) if i not in shown]

    def _legend(self) -> Iterator[str]:
        """Which curve is which."""
        for number, curve in enumerate(self.plot.curves):
            y = HEIGHT + LINE * (number + 0.5) - 4
            kind = f"curve-{number % COLORS + 1}"
            yield f'<path class="{kind}" d="M{self.left:.1f},{y:.1f} h28"/>'
            yield _text(curve.name, self.left + 28 + GAP, y + 4, "start")


def _circle(place: Point, kind: str) -> str:
    return f'<circle class="{kind}" cx="{place[0]:.2f}" cy="{place[1]:.2f}" r="{RADIUS}"/>'


def _around(label: str, place: Point, down: float) -> Box:
    """What a label takes whose foot is so far below a point."""
    (x, y), half = place, len(label) * LETTER / 2 + 1
    return x - half, y + down - LINE + 4, x + half, y + down


def _text(words: str, x: float, y: float, anchor: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    # A long name stays within the picture; the caption has all of it.
    room = int((WIDTH - GAP - (x if anchor == "start" else 0)) / LETTER)
    shown = words if wide(words) <= room else f"{words[: room - 1]}…"
    return f'<text{name} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_words(shown)}</text>'
