"""What a worked solution is made of: a few kinds of blocks that know no output format.

The set is closed: a format is one `match` over the blocks that ends in `assert_never`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from typing import Any, Literal, TypeAlias

from handcalc.formula import Formula
from handcalc.number import Rounding


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula inside a sentence."""

    formula: Formula


Meaning: TypeAlias = Literal["right", "follows", "wrong", "undecided", "blank"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict: its words, and what they mean, which a format may show in a colour as well."""

    text: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a whole, from 0 to 1, drawn as a bar; the number stands beside it."""

    share: float


@dataclass(frozen=True, slots=True)
class Way:
    """E ← o ← z ← w: through what a number reaches another one; None stands for what is left out."""

    stations: tuple[Formula | None, ...]


Inline: TypeAlias = Text | Code | Math | Mark | Bar | Way
Inlines: TypeAlias = tuple[Inline, ...]


def words(*parts: str | Formula | Inline) -> Inlines:
    """A sentence from words and formulas."""
    return tuple(
        Text(part)
        if isinstance(part, str)
        else part
        if isinstance(part, Text | Code | Math | Mark | Bar | Way)
        else Math(part)
        for part in parts
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A step's number and what it finds; `key` is what to type to see it alone."""

    level: int
    title: Inlines
    number: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Line:
    """left = symbols = numbers = value, with the reason beside it; what is None is left out.

    `exact` chooses between = and ≈ before the value.
    """

    left: Formula
    symbols: Formula | None = None
    numbers: Formula | None = None
    value: Formula | None = None
    exact: bool = True
    because: Inlines = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Equations under each other, aligned at their equals signs."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The factors of a chain rule or the paths of a fork, a row each; the last row is the result."""

    head: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A named matrix or vector of numbers as they are shown, some of them perhaps marked.

    `first` is the number of the first row and column; `marked` counts from 0 within the rows. Where only
    a part is shown, `of` is the size of the whole. `keys` are what to type for each cell, where it has an answer.
    """

    name: Formula
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[tuple[int, int]] = frozenset()
    first: tuple[int, int] = (1, 1)
    of: tuple[int, int] | None = None
    keys: tuple[tuple[str, ...], ...] = ()


Rows: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Brackets:
    """An equation of small matrices, columns and rows of numbers, with the signs between them: W·x + b = z."""

    parts: tuple[Rows | str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words, formulas and numbers; the columns in `numeric`, counted from 0, are aligned right.

    A column without a head holds bars.
    """

    header: tuple[str, ...]
    rows: tuple[tuple["Cell", ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Vertex:
    """One value of a graph: its name and formula, its number and the gradient by it, and what it is made of.

    `made_of` counts vertices from 0, all of which come before; `slopes` are those by each of them.
    """

    name: Formula
    definition: Formula | None
    value: str = ""
    gradient: str = ""
    made_of: tuple[int, ...] = ()
    slopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """What values are made of, up to the last one: a tree in text, a drawing in pages."""

    vertices: tuple[Vertex, ...]


Point: TypeAlias = tuple[float, float]

MOST_POINTS = 2000
"""Points of one plot; a picture shows no more."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points from left to right; where None stands it has no value, and breaks."""

    name: str
    points: tuple[Point | None, ...]

    @property
    def there(self) -> tuple[Point, ...]:
        """The points without the breaks."""
        return tuple(point for point in self.points if point is not None)


@dataclass(frozen=True, slots=True)
class Visited:
    """A point of a path: the number of steps after which it is reached, and where it is."""

    step: int
    at: Point


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves over one axis, and perhaps a path along them; the caption says in words what is there.

    Coordinates are finite. There is a point at least, and never more of them than `MOST_POINTS`.
    """

    x: str
    y: str
    caption: str
    curves: tuple[Curve, ...]
    path: tuple[Visited, ...] = ()

    def __post_init__(self) -> None:
        points = self.points
        if not 0 < len(points) <= MOST_POINTS:
            raise ValueError(f"a plot has 1 to {MOST_POINTS} points, not {len(points)}")
        if not all(map(isfinite, chain.from_iterable(points))):
            raise ValueError("a plot has finite coordinates; leave a point without a value out")

    @property
    def points(self) -> tuple[Point, ...]:
        """All there are, those of the curves before those of the path."""
        curves = chain.from_iterable(curve.there for curve in self.curves)
        return (*curves, *(visited.at for visited in self.path))


def evenly(count: int, most: int) -> list[int]:
    """Up to so many of the places 0, 1, … count - 1 at equal distances, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know beside the calculation: a convention, a difference, a remark, the proof."""

    kind: Literal["convention", "difference", "remark", "checked"]
    inlines: Inlines


Cell: TypeAlias = str | Formula | Inlines

Block: TypeAlias = (
    Heading | Paragraph | Lines | Ledger | Matrix | Brackets | Table | Graph | Plot | Note
)

Shown: TypeAlias = "str | list[Shown]"
Value: TypeAlias = "float | int | str | list[Value]"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program reads: the value at full precision, as the policy shows it, and its shape.

    Where sizes are letters, a value can be a formula: "32*floor((N - 6)/4) + 1633".
    """

    value: Value
    shown: Shown
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """What a picture shows: the key of a quantity, and its values channel by channel in rows."""

    key: str
    channels: tuple[tuple[tuple[float, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, the keys that it finds, those of earlier steps that it stands on, its blocks.

    `key` is what to type to see it alone; the first block is its heading. Where there are several steps of
    training, `means` says for the symbols of its formulas which answer each is: w in step 3 is w@step2.
    """

    number: str
    key: str
    finds: tuple[str, ...]
    stands_on: tuple[str, ...]
    blocks: tuple[Block, ...]
    means: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Equation:
    """key = formula for one number, with the value that goes on to be used and the text that is shown.

    What is given has no formula; of other numbers without one the formula is too long, or of no page.
    `places`: rounded to so many decimals before it is used, where written values are carried on.
    """

    key: str
    value: float
    shown: str
    formula: Formula | None = None
    given: bool = False
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """All numbers of a solution by the step that finds them, each behind those that it is made of.

    The first ones, under "", are given. `rounds` is how a person rounds who goes on with written values.
    """

    steps: Mapping[str, tuple[Equation, ...]]
    rounds: Rounding | None = None


@dataclass(frozen=True)
class Document:
    """A worked solution: blocks for people, answers for programs, and a matrix for a picture."""

    problem: str
    title: str
    blocks: tuple[Block, ...]
    """All of it, in order."""
    steps: Sequence[Step] = ()
    """The same blocks step by step, for whoever shows, asks or folds them one at a time."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    picture: Callable[[], Grid] | None = field(default=None, compare=False, repr=False)
    program: Callable[[], Program] | None = field(default=None, compare=False, repr=False)
    record: Mapping[str, Any] | None = None
    """What programs read, where it is not the answers of a solution."""
