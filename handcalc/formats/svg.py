"""SVG: the graph of the values, left to right; a number above each wire, its gradient below.

What a page plots is drawn too, below the graph where it has both.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from handcalc.document import Document, Graph, Plot, Vertex
from handcalc.errors import UsageError
from handcalc.formats._graph import Place, columns
from handcalc.formats._plain import wide
from handcalc.formats._plot_svg import curves
from handcalc.formula.text import text

LETTER, HEIGHT, PADDING = 8.0, 26.0, 10.0
ROW, GAP, WIRE = 58.0, 26.0, 14.0
"""Pixels: a letter, a box, the room in it; from row to row, between columns, and for the numbers on a wire."""
LINE = 18.0
"""From line to line of the legend."""
_LEGEND = (
    ("value", "above the wire: the value"),
    ("gradient", "below the wire: the gradient by it"),
)
_STYLE = """
.graph text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1d1c1a; }
.graph rect { fill: #fefdfb; stroke: #63605a; }
.graph path { fill: none; stroke: #63605a; }
.graph text.value { fill: #1b6b33; }
.graph text.gradient { fill: #b0241c; }
"""
_STYLE_OF_PLOT = """
.plot text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #63605a; }
.plot text.name { fill: #1d1c1a; }
.plot text.point { fill: #b0241c; font-weight: 700; stroke: #fefdfb; stroke-width: 3px; paint-order: stroke; }
.plot rect { fill: #fefdfb; stroke: #63605a; }
.plot path, .plot circle { fill: none; stroke-width: 1.8px; }
.plot .grid { stroke: #d8d4cb; stroke-width: .7px; }
.plot .curve-1 { stroke: #23527c; }
.plot .curve-2 { stroke: #7d5400; stroke-dasharray: 5 4; }
.plot .curve-3 { stroke: #1b6b33; stroke-dasharray: 2 3; }
.plot .curve-4 { stroke: #63605a; stroke-dasharray: 9 3 2 3; }
.plot circle.point { fill: #b0241c; stroke: #fefdfb; stroke-width: 1px; }
"""


def write(document: Document, **_: object) -> str:
    """The first graph of the document and its plots as a file; UsageError where there is neither."""
    graphs = [block for block in document.blocks if isinstance(block, Graph)]
    plots = [block for block in document.blocks if isinstance(block, Plot)]
    drawn = [*map(styled, graphs[:1]), *map(styled, plots)]
    if not drawn:
        said = f"this solution of '{document.title}' draws no graph and no plot: a whole one does, not of single keys and not --level brief"
        what = "of a file with values: of which one is made of another, and of up to 60 numbers"
        more = "or of one that learns a single number, or in 3 steps or more of all samples"
        raise UsageError(f"{said}, {what}, {more}; write --format html, or another")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_below_each_other(drawn)}\n'


def _below_each_other(drawn: list[str]) -> str:
    """Several drawings as one."""
    if len(drawn) == 1:
        return drawn[0]
    placed, top, widest = list[str](), 0, 0
    for part in drawn:
        found = re.search(r'width="(\d+)" height="(\d+)"', part)
        assert found is not None
        placed.append(part.replace("<svg ", f'<svg y="{top}" ', 1))
        top, widest = top + int(found[2]), max(widest, int(found[1]))
    size = f'width="{widest}" height="{top}" viewBox="0 0 {widest} {top}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *placed, "</svg>"])


def styled(block: Graph | Plot) -> str:
    """One drawing with a style of its own."""
    if isinstance(block, Graph):
        return drawing(block, style=_STYLE)
    return curves(block, style=_STYLE_OF_PLOT)


def drawing(graph: Graph, style: str = "") -> str:
    """The graph as an element of a page, or with a style of its own."""
    laid = _Layout(graph)
    css = f"<style>{style}</style>" if style else ""
    size = f'width="{laid.width:.0f}" height="{laid.height:.0f}" viewBox="0 0 {laid.width:.0f} {laid.height:.0f}"'
    head = f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" role="img" {size}>'
    parts = [*laid.wires(), *laid.boxes(), *laid.legend()]
    return "\n".join([f"{head}<title>The graph of the values</title>{css}", *parts, "</svg>"])


def _label(vertex: Vertex) -> str:
    name = text(vertex.name)
    return name if vertex.definition is None else f"{name} = {text(vertex.definition)}"


class _Layout:
    """Columns and rows in pixels: a box for each vertex, behind it its numbers on the wire."""

    def __init__(self, graph: Graph) -> None:
        self.vertices, self.columns = graph.vertices, columns(graph)
        heights = [place.y for column in self.columns for place in column]
        self.low = min(heights)
        self.left: list[float] = []
        self.right: list[float] = []
        at = PADDING
        for column in self.columns:
            self.left.append(at)
            vertices = [self.vertices[p.vertex] for p in column if p.vertex is not None]
            at += max(map(_width, vertices), default=0) + max(map(_numbers, vertices), default=0)
            self.right.append(at)
            at += GAP
        self.keys = [
            (kind, said)
            for kind, said in _LEGEND
            if any(getattr(vertex, kind) for vertex in self.vertices)
        ]
        drawn = (max(heights) - self.low) * ROW + HEIGHT + 4 * PADDING
        widest = max((len(said) * LETTER + 2 * PADDING for _, said in self.keys), default=0.0)
        self.below = drawn + LINE / 2
        self.width = max(at - GAP + PADDING, widest)
        self.height = drawn + LINE * len(self.keys)

    def y(self, place: Place) -> float:
        return (place.y - self.low) * ROW + HEIGHT / 2 + 2 * PADDING

    def wires(self) -> Iterator[str]:
        """From each box to those that it goes into; a long wire passes straight through the columns between."""
        for place in (place for column in self.columns for place in column):
            y, end = self.y(place), self.right[place.column]
            begin = self.left[place.column]
            if place.vertex is not None:
                begin += _width(self.vertices[place.vertex])
            if place.behind or (place.vertex is not None and self.vertices[place.vertex].value):
                yield f'<path d="M{begin:.1f},{y:.1f} H{end:.1f}"/>'
            for behind in place.behind:
                x, y_there = self.left[behind.column], self.y(behind)
                half = (end + x) / 2
                curve = f"C{half:.1f},{y:.1f} {half:.1f},{y_there:.1f} {x:.1f},{y_there:.1f}"
                yield f'<path d="M{end:.1f},{y:.1f} {curve}"/>'

    def boxes(self) -> Iterator[str]:
        for place in (place for column in self.columns for place in column):
            if place.vertex is None:
                continue
            vertex, x, y = self.vertices[place.vertex], self.left[place.column], self.y(place)
            width, label = _width(vertex), escape(_label(vertex))
            top = y - HEIGHT / 2
            yield f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{HEIGHT:.0f}" rx="5"/>'
            yield f'<text x="{x + PADDING:.1f}" y="{y + 4.5:.1f}">{label}</text>'
            for number, kind, down in (
                (vertex.value, "value", -5),
                (vertex.gradient, "gradient", 15),
            ):
                if number:
                    at = f'x="{x + width + 5:.1f}" y="{y + down:.1f}"'
                    yield f'<text class="{kind}" {at}>{escape(number)}</text>'

    def legend(self) -> Iterator[str]:
        """What the numbers on a wire are, each in its colour."""
        for i, (kind, said) in enumerate(self.keys):
            y = self.below + i * LINE
            yield f'<text class="{kind}" x="{PADDING:.1f}" y="{y:.1f}">{said}</text>'


def _width(vertex: Vertex) -> float:
    """How wide a box is."""
    return wide(_label(vertex)) * LETTER + 2 * PADDING


def _numbers(vertex: Vertex) -> float:
    """How much room the numbers on its wire take."""
    return max(len(vertex.value), len(vertex.gradient)) * LETTER + WIRE
