"""A plot in text: curves in dots of braille, eight to a character, or in plain characters.

Up to fifteen lines: the name of what goes upwards, twelve rows, the axis, and its ticks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handcalc.document import Plot, Point
from handcalc.formats._plain import to_ascii, wide
from handcalc.formats._plot import Axis, Box, axes, runs, with_room

ROWS = 12
WIDEST = 120
"""Characters; beyond that a curve of twelve rows is only a flat one."""
TICKS_UP, TICKS_ACROSS = 5, 8
_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of the dots of a character, from its top row down."""
_PLAIN = ("*", "+", "x", "#")
_DASHES = ((1, 0), (1, 2), (3, 3), (1, 5))
"""Of each curve: so many dots that are drawn, so many that are left out."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that are one thing: `axis`, `point`, or `curve 1`, which a terminal may show in a colour."""

    text: str
    kind: str = ""


Row = list[Run]


def rows(plot: Plot, width: int, *, ascii_only: bool = False) -> list[Row]:
    """The drawing, no line of it longer than the width."""
    return list(_Drawing(plot, min(width, WIDEST), ascii_only).rows())


def plain(row: Row) -> str:
    """A row without its colours."""
    return "".join(run.text for run in row).rstrip()


class _Drawing:
    """The canvas in characters, and each of its cells in dots."""

    def __init__(self, plot: Plot, width: int, ascii_only: bool) -> None:
        self.plot, self.ascii = plot, ascii_only
        self.across, self.up = axes(plot)
        self.dots = (1, 1) if ascii_only else (2, 4)
        self.up_ticks = {
            self._dot(self.up, value, ROWS * self.dots[1], down=True) // self.dots[1]: label
            for value, label in self.up.ticks(TICKS_UP)
        }
        self.margin = max(map(len, self.up_ticks.values()), default=0)
        self.columns = max(width - self.margin - 2, 8)
        self.cells: list[list[tuple[int, str]]] = [[(0, "")] * self.columns for _ in range(ROWS)]
        self.marks: dict[tuple[int, int], str] = {}

    def rows(self) -> Iterator[Row]:
        """From the top down."""
        for number, curve in enumerate(self.plot.curves):
            for run in runs(curve.points):
                self._draw([self._place(point) for point in run], number)
        self._mark()
        line, tee, corner, down = "|+`-" if self.ascii else "│┤└─"
        name = self._words(self.plot.y)[: self.margin + self.columns + 2]
        above = min(self.margin + 1, self.margin + self.columns + 2 - len(name))
        yield [Run(" " * above + name, "axis")]
        for i in range(ROWS):
            label = self.up_ticks.get(i, "")
            yield [
                Run(f"{label.rjust(self.margin)} {tee if label else line}", "axis"),
                *self._cells(i),
            ]
        ticks = self._ticks_across()
        cross = "+" if self.ascii else "┬"
        below = [cross if i in ticks else down for i in range(self.columns)]
        yield [Run(" " * (self.margin + 1) + corner + "".join(below), "axis")]
        yield from ([Run(row, "axis")] for row in self._under(ticks))
        yield from self._legend()

    # --- where things stand --------------------------------------------------------------------

    def _dot(self, axis: Axis, value: float, dots: int, *, down: bool = False) -> int:
        share = axis.share(value)
        return min(dots - 1, max(0, round((1 - share if down else share) * (dots - 1))))

    def _place(self, point: Point) -> tuple[int, int]:
        """Dots from the left and from the top."""
        dots_across, dots_down = self.dots
        return (
            self._dot(self.across, point[0], self.columns * dots_across),
            self._dot(self.up, point[1], ROWS * dots_down, down=True),
        )

    # --- curves and points ---------------------------------------------------------------------

    def _draw(self, places: Sequence[tuple[int, int]], number: int) -> None:
        """Straight from place to place."""
        on, off = (1, 0) if self.ascii else _DASHES[number % len(_DASHES)]
        dots = [places[0]]
        for (x, y), (to_x, to_y) in pairwise(places):
            most = max(abs(to_x - x), abs(to_y - y))
            dots += [
                (x + round((to_x - x) * i / most), y + round((to_y - y) * i / most))
                for i in range(1, most + 1)
            ]
        for i, (x, y) in enumerate(dots):
            if i % (on + off) < on:
                self._set(x, y, number)

    def _set(self, x: int, y: int, number: int) -> None:
        column, row = x // self.dots[0], y // self.dots[1]
        bits, kind = self.cells[row][column]
        bit = number + 1 if self.ascii else _BRAILLE[y % 4][x % 2]
        # What was drawn first keeps its cell: its colour, and in plain characters its sign.
        self.cells[row][column] = (
            bits or bit if self.ascii else bits | bit,
            kind or f"curve {number + 1}",
        )

    def _mark(self) -> None:
        """The numbers of the path where they stand; a dot where a number has no room."""
        places = [self._place(visited.at) for visited in self.plot.path]
        labels = [str(visited.step) for visited in self.plot.path]
        cells = [(x // self.dots[0], y // self.dots[1]) for x, y in places]
        lefts = [
            min(column, self.columns - len(label))
            for (column, _), label in zip(cells, labels, strict=True)
        ]
        boxes: list[Box] = []
        for left, (_, row), label in zip(lefts, cells, labels, strict=True):
            # 9 and 10 side by side would be read as 910.
            gap = len(label) > 1
            boxes.append((left - gap, row, left + len(label) + gap, row + 1))
        for column, row in cells:
            self.marks[row, column] = "o" if self.ascii else "•"
        for i in with_room(boxes):
            for j, letter in enumerate(labels[i]):
                self.marks[cells[i][1], lefts[i] + j] = letter

    def _cells(self, row: int) -> Iterator[Run]:
        text, kind = "", ""
        for column in range(self.columns):
            letter, own = self._cell(row, column)
            if own != kind:
                if text:
                    yield Run(text, kind)
                text, kind = "", own
            text += letter
        yield Run(text, kind)

    def _cell(self, row: int, column: int) -> tuple[str, str]:
        if (row, column) in self.marks:
            return self.marks[row, column], "point"
        bits, kind = self.cells[row][column]
        if not bits:
            return " ", ""
        return (_PLAIN[(bits - 1) % len(_PLAIN)] if self.ascii else chr(0x2800 + bits)), kind

    # --- words ---------------------------------------------------------------------------------

    def _words(self, words: str) -> str:
        return to_ascii(words) if self.ascii else words

    def _ticks_across(self) -> dict[int, str]:
        """As many ticks as have room for their numbers, by their columns."""
        found: dict[int, str] = {}
        for most in range(TICKS_ACROSS, 0, -1):
            ticks = self.across.ticks(most)
            found = {
                self._dot(self.across, value, self.columns * self.dots[0]) // self.dots[0]: label
                for value, label in ticks
            }
            ends = [(self._left(c, label), label) for c, label in found.items()]
            apart = all(a + len(label) + 2 <= b for (a, label), (b, _) in pairwise(ends))
            if len(found) == len(ticks) and apart:
                return found
        return found

    def _left(self, column: int, label: str) -> int:
        """Where a label begins that stands in the middle under its tick."""
        return max(0, min(column - (len(label) - 1) // 2, self.columns - len(label)))

    def _under(self, ticks: dict[int, str]) -> Iterator[str]:
        """The numbers under the axis, and its name at the end, below them where there is no room."""
        line = ""
        for column, label in ticks.items():
            line = line.ljust(self._left(column, label)) + label
        name = self._words(self.plot.x)[: self.columns]
        indent = " " * (self.margin + 2)
        room = self.columns - wide(name)
        if len(line) + 2 <= room:
            yield indent + line.ljust(room) + name
        else:
            yield indent + line
            yield indent + " " * room + name

    def _legend(self) -> Iterator[Row]:
        """Which curve is which, where there are several."""
        if len(self.plot.curves) < 2:
            return
        row, used = list[Run](), 0
        for number, curve in enumerate(self.plot.curves):
            sample = _PLAIN[number % len(_PLAIN)] * 2 if self.ascii else _sample(number)
            name = self._words(curve.name)[: self.margin + self.columns - 3]
            size = len(sample) + 1 + wide(name)
            if row and used + 3 + size > self.margin + self.columns + 2:
                yield row
                row, used = [], 0
            row += [Run("   ")] if row else []
            used += size + 3 * bool(used)
            row += [Run(sample, f"curve {number + 1}"), Run(f" {name}")]
        yield row


def _sample(number: int) -> str:
    """Four characters of a curve, drawn level."""
    on, off = _DASHES[number % len(_DASHES)]
    dots = [i % (on + off) < on for i in range(8)]
    return "".join(
        chr(0x2800 + _BRAILLE[1][0] * dots[i] + _BRAILLE[1][1] * dots[i + 1])
        for i in range(0, 8, 2)
    ).replace("\u2800", " ")
