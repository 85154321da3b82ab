"""A graph of values as an indented tree, and as a drawing from left to right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from handcalc.document import Cell, Graph, Table, Vertex, words

BRANCH = 3
"""Characters that a branch is wide."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: what stands before the vertex, and whether it has been said above."""

    before: str
    vertex: Vertex
    again: bool
    slope: str
    """That of the vertex above by this one."""


def as_table(graph: Graph, *, ascii_only: bool = False, indent: str = "") -> Table:
    """The tree with a column for the numbers and one for the gradients, where there are any.

    With an indent there are no branches: what a value is made of stands further to the right.
    """
    listed = list(tree(graph, ascii_only=ascii_only))
    numbers = {
        "value": ["" if row.again else row.vertex.value for row in listed],
        "local slope": [row.slope for row in listed],
        "gradient": ["" if row.again else row.vertex.gradient for row in listed],
    }
    there = {head: column for head, column in numbers.items() if any(column)}
    rows: list[tuple[Cell, ...]] = []
    for i, row in enumerate(listed):
        before = indent * (len(row.before) // BRANCH) if indent else row.before
        vertex, named = row.vertex, words(before, row.vertex.name)
        if row.again:
            named = (*named, *words(", above"))
        elif vertex.definition is not None:
            named = (*named, *words(" = ", vertex.definition))
        rows.append((named, *(column[i] for column in there.values())))
    header = ("graph", *there)
    return Table(header, tuple(rows), frozenset(range(1, len(header))))


def tree(graph: Graph, *, ascii_only: bool = False) -> Iterator[Row]:
    """From the last vertex down to what is given; what is used twice is written out once."""
    bar, tee, end = ("|", "|-", "`-") if ascii_only else ("│", "├─", "└─")
    done: set[int] = set()

    def walk(at: int, head: str, tail: str, slope: str) -> Iterator[Row]:
        vertex = graph.vertices[at]
        again = at in done and bool(vertex.made_of)
        yield Row(head, vertex, again, slope)
        done.add(at)
        parts = () if again else vertex.made_of
        for i, part in enumerate(parts):
            last = i == len(parts) - 1
            own = vertex.slopes[i] if vertex.slopes else ""
            deeper = tail + (" " if last else bar) + "  "
            yield from walk(part, f"{tail}{end if last else tee} ", deeper, own)

    if graph.vertices:
        yield from walk(len(graph.vertices) - 1, "", "", "")


@dataclass(slots=True)
class Place:
    """Where a vertex, or the bend of a long edge, stands: its column from the left, its height in it."""

    column: int
    vertex: int | None = None
    y: float = 0.0
    before: list["Place"] = field(default_factory=list)
    behind: list["Place"] = field(default_factory=list)


def columns(graph: Graph) -> list[list[Place]]:
    """The vertices column by column, each to the right of what it is made of; long edges have bends.

    Given values stand right before their first use. Within a column everything is moved next to its neighbours
    (the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981).
    """
    depth = _depths(graph)
    places = [Place(depth[i], i) for i in range(len(graph.vertices))]
    found: list[list[Place]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for place in places:
        found[place.column].append(place)
    for at, vertex in enumerate(graph.vertices):
        for part in vertex.made_of:
            previous = places[part]
            for column in range(places[part].column + 1, places[at].column):
                bend = Place(column)
                found[column].append(bend)
                previous.behind.append(bend)
                bend.before.append(previous)
                previous = bend
            previous.behind.append(places[at])
            places[at].before.append(previous)
    _settle(found)
    return found


def _depths(graph: Graph) -> list[int]:
    depth = [0] * len(graph.vertices)
    for at, vertex in enumerate(graph.vertices):
        depth[at] = max((depth[part] + 1 for part in vertex.made_of), default=0)
    first_use: dict[int, int] = {}
    for at, vertex in enumerate(graph.vertices):
        for part in vertex.made_of:
            first_use[part] = min(first_use.get(part, depth[at]), depth[at])
    return [
        first_use.get(at, 1) - 1 if not vertex.made_of else depth[at]
        for at, vertex in enumerate(graph.vertices)
    ]


def _settle(found: Sequence[list[Place]]) -> None:
    """Order and heights: a few sweeps to the right and back, then no two closer than 1."""
    for column in found:
        for i, place in enumerate(column):
            place.y = float(i)
    for _ in range(6):
        for column in [*found, *reversed(found)]:
            for place in column:
                near = [*place.before, *place.behind]
                if near:
                    place.y = sum(other.y for other in near) / len(near)
            column.sort(key=lambda place: place.y)
            _apart(column)


def _apart(column: list[Place]) -> None:
    """Neighbours at least 1 apart, with their middle where it was."""
    if not column:
        return
    middle = sum(place.y for place in column) / len(column)
    for above, below in pairwise(column):
        below.y = max(below.y, above.y + 1)
    moved = middle - sum(place.y for place in column) / len(column)
    for place in column:
        place.y += moved
