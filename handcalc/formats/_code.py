"""The numbers of a solution as a program in plain numpy, which holds each against its value."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from handcalc.document import Equation, Program
from handcalc.formats._loops import Cell, boxes, loop
from handcalc.formats._names import Index, Names, Place
from handcalc.formula import Leaf, leaves
from handcalc.formula.python import literal, python
from handcalc.number import Rounding

WIDTH = 99
GLUE = "\ue000"
"""A blank at which no line ends."""
VALUES_ALONE = "# Values of the solution; their formulas are too long to stand here."
_AGREE = '''

def agree(**expected):
    """Hold each variable against its value in the solution, and print it."""
    for name, value in expected.items():
        found = globals()[name]
        same = np.allclose(found, value, rtol=1e-9, atol=1e-14, equal_nan=True)
        assert same, f"{name} is {found}, not {value}"
        print(f"{name} = {found}")
'''
_ROUNDED = '''

def written(value, places):
    """The value as it is written down and used again, %s."""
    short = f"{value:.13e}"
    seen = Decimal(short if "000e" in short else f"{value:.15g}")
    return float(seen.quantize(Decimal(1).scaleb(-places), rounding="%s"))
'''
_MODES: dict[Rounding, tuple[str, str]] = {
    "half_up": ("rounded to so many decimals, halves up", "ROUND_HALF_UP"),
    "half_even": ("rounded to so many decimals, halves to even digits", "ROUND_HALF_EVEN"),
    "truncate": ("cut off after so many decimals", "ROUND_DOWN"),
}


class Code:
    """The cells of a program, to be asked for in the order of its steps."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = Names([e.key for e in chain.from_iterable(program.steps.values())])
        self._made: dict[str, dict[Index, float]] = {}

    def start(self) -> str:
        """What is used in all cells, and what is given."""
        every = list(chain.from_iterable(self.program.steps.values()))
        calls = " ".join(self._expression(e)[0] for e in every if e.formula is not None)
        lines = ["from decimal import Decimal"] * bool(self.program.rounds)
        lines += ["from math import erf"] * bool(re.search(r"\berf\(", calls))
        lines += ["", "import numpy as np"] if lines else ["import numpy as np"]
        text = "\n".join(lines) + "\n" + _AGREE
        if self.program.rounds:
            text += _ROUNDED % _MODES[self.program.rounds]
        given = "\n".join(self._values(_by_letter(self.program.steps.get("", ()))))
        return f"{text}\n\n{given}".rstrip()

    def step(self, number: str) -> str:
        """The numbers that a step finds, each by its formula; nothing where it finds none."""
        equations = self.program.steps.get(number, ()) if number else ()
        lines: list[str] = []
        for _, group in groupby(self._in_order(equations), self._owner):
            lines += self._group(list(group))
        found = [e for e in equations if e.formula is not None]
        if found:
            lines += ["", *self._agreement(found)]
        return "\n".join(lines)

    # --- one variable --------------------------------------------------------------------------

    def _group(self, equations: Sequence[Equation]) -> Iterator[str]:
        """The numbers of one variable which do not need each other."""
        alone = [e for e in equations if e.formula is None]
        if alone:
            yield VALUES_ALONE
            yield from self._values(alone)
        found = [e for e in equations if e.formula is not None]
        if not found:
            return
        yield from self._room(found[0])
        cells = {id(e): self._cell(e) for e in found}
        kinds: dict[tuple[object, ...], list[Equation]] = {}
        for equation in found:
            kinds.setdefault(cells[id(equation)].kind, []).append(equation)
            self._know(equation)
        for same in kinds.values():
            own = [cells[id(e)] for e in same]
            lines = loop(own) if own[0].place.index else None
            if lines is not None:
                yield from chain.from_iterable(map(_wrapped, lines))
                continue
            for equation, cell in zip(same, own, strict=True):
                yield from _wrapped(f"{cell.place} = {cell}", equation.shown)

    def _values(self, equations: Iterable[Equation]) -> Iterator[str]:
        """Numbers as they are typed; those of an array together, if all of them are there."""
        by_variable: dict[str, dict[Index, Equation]] = {}
        for equation in equations:
            place = self.names.place(equation.key)
            by_variable.setdefault(place.name, {})[place.index] = equation
            self._know(equation)
        for name, cells in by_variable.items():
            shape = self.names.shapes[name]
            if not shape:
                yield f"{name} = {_typed(cells[()])}"
            elif len(cells) == len(boxes(shape)):
                typed = {index: _typed(equation) for index, equation in cells.items()}
                yield from _nested(f"{name} = np.array(", typed, shape, ", dtype=float)")
            else:
                yield from self._room(next(iter(cells.values())))
                for index, equation in cells.items():
                    yield f"{Place(name, index)} = {_typed(equation)}"

    def _room(self, equation: Equation) -> Iterator[str]:
        """An array before its first cell; what is not known of it is no number."""
        place = self.names.place(equation.key)
        known = self._made.get(place.name, {})
        if place.index and not known.keys() - {place.index}:
            yield f"{place.name} = np.full({self.names.shapes[place.name]}, np.nan)"

    def _know(self, equation: Equation) -> None:
        place = self.names.place(equation.key)
        self._made.setdefault(place.name, {})[place.index] = equation.value

    def _cell(self, equation: Equation) -> Cell:
        pattern, reads = self._expression(equation)
        return Cell(self.names.place(equation.key), pattern, reads)

    def _expression(self, equation: Equation) -> tuple[str, tuple[Place, ...]]:
        """The formula with a {} for each place that it reads, rounded where a person rounds."""
        reads: list[Place] = []

        def name_of(leaf: Leaf) -> str:
            reads.append(self.names.place(leaf.key))
            return "{}"

        assert equation.formula is not None
        pattern = python(equation.formula, name_of)
        if equation.places is not None:
            pattern = f"written({pattern}, {equation.places})"
        return pattern, tuple(reads)

    # --- a step --------------------------------------------------------------------------------

    def _owner(self, equation: Equation) -> str:
        return self.names.place(equation.key).name

    def _in_order(self, equations: Sequence[Equation]) -> list[Equation]:
        """Each behind what it is made of, and the cells of an array together."""
        level: dict[str, int] = {}
        first: dict[tuple[int, str], int] = {}
        for at, equation in enumerate(equations):
            behind = () if equation.formula is None else leaves(equation.formula)
            own = max((level.get(leaf.key, -1) for leaf in behind), default=-1) + 1
            level[equation.key] = own
            first.setdefault((own, self._owner(equation)), at)
        return sorted(equations, key=lambda e: (level[e.key], first[level[e.key], self._owner(e)]))

    def _agreement(self, equations: Sequence[Equation]) -> Iterator[str]:
        """Each variable of a step beside its values at full precision."""
        yield "agree("
        for name in dict.fromkeys(map(self._owner, equations)):
            shape, known = self.names.shapes[name], self._made[name]
            if not shape:
                yield f"    {name}={literal(known[()])},"
                continue
            cells = {i: literal(known[i]) if i in known else "np.nan" for i in boxes(shape)}
            yield from (f"    {line}" for line in _nested(f"{name}=", cells, shape, ","))
        yield ")"


def _by_letter(given: Sequence[Equation]) -> list[Equation]:
    """All weights together, all inputs together, in the order of their numbers."""
    letters = [re.match(r"[^0-9\[@]*", e.key)[0] for e in given]  # type: ignore[index]
    order = {letter: at for at, letter in reversed(list(enumerate(letters)))}
    numbers = [tuple(map(int, re.findall(r"[0-9]+", e.key))) for e in given]
    places = sorted(range(len(given)), key=lambda i: (order[letters[i]], numbers[i]))
    return [given[i] for i in places]


def _typed(equation: Equation) -> str:
    return literal(equation.value, equation.shown) if equation.given else literal(equation.value)


def _nested(head: str, cells: dict[Index, str], shape: Index, tail: str) -> Iterator[str]:
    """An array as lists in lists, a row a line."""

    def row(before: Index) -> str:
        return f"[{', '.join(cells[*before, i] for i in range(shape[-1]))}]"

    if len(shape) == 1:
        yield from _wrapped_list(head, row(()), tail)
        return
    rows = boxes(shape[:-1])
    yield head + "[" * (len(shape) - 1)
    for at, before in enumerate(rows):
        # Where an outer index goes on, its lists end and begin again.
        following = rows[at + 1] if at + 1 < len(rows) else ()
        depth = next(
            (i for i, (a, b) in enumerate(zip(before, following, strict=False)) if a != b), 0
        )
        ends = len(before) - 1 - depth if following else 0
        yield from _wrapped_list("    ", row(before), "]" * ends + ",")
        if ends:
            yield "    " + "[" * ends
    yield "]" * (len(shape) - 1) + tail


def _wrapped_list(head: str, items: str, tail: str) -> Iterator[str]:
    lines = textwrap.wrap(items, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    lines[-1] += tail
    yield head + lines[0]
    yield from (" " * 4 + " " * (len(head) - len(head.lstrip())) + line for line in lines[1:])


def _wrapped(line: str, shown: str = "") -> Iterator[str]:
    """A line, over several ones in brackets where it is long, with what the page shows beside it."""
    comment = f"  # {shown}" if shown else ""
    left, _, right = line.partition(" = ")
    if len(line) + len(comment) <= WIDTH or not right:
        yield line + comment
        return
    margin = " " * (len(left) - len(left.lstrip()) + 4)
    # Signs and words begin a line, and indices stay with their array.
    glued = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace(" ", GLUE), right)
    glued = re.sub(r" ([-+<>=]+|if|else) ", rf" \1{GLUE}", glued)
    yield f"{left} = ("
    pieces = textwrap.wrap(
        glued, WIDTH - len(margin), break_long_words=False, break_on_hyphens=False
    )
    yield from (margin + piece.replace(GLUE, " ") for piece in pieces)
    yield margin[4:] + ")" + comment
