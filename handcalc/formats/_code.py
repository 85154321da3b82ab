"""The numbers of a solution as a program in plain numpy, which holds each against its value."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from handcalc.document import Equation, Program
from handcalc.formats._layout import nested, wrapped
from handcalc.formats._loops import Cell, Reads, boxes, kind, loop, summed
from handcalc.formats._names import Index, Names, Place
from handcalc.formula import Formula, Leaf, Sum, Symbol, leaves, total
from handcalc.formula.python import literal, python
from handcalc.formula.walk import rebuilt
from handcalc.number import Rounding

MOST_TERMS = 8
"""Terms that stand one by one; more of them that are alike are one sum over indices."""
VALUES_ALONE = (
    "# Values of the solution, whose formulas are too long or of a step that is not shown."
)
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
        self._found: dict[tuple[str, object], list[Cell]] = {}

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
            lines = self._loop(own) if own[0].place.index else None
            if lines is not None:
                yield from chain.from_iterable(map(wrapped, lines))
                continue
            for equation, cell in zip(same, own, strict=True):
                yield from wrapped(f"{cell.place} = {cell}", equation.shown)

    def _loop(self, cells: list[Cell]) -> list[str] | None:
        """The loop over cells of one kind, perhaps with those that an earlier step has found already."""
        found = self._found.setdefault((cells[0].place.name, cells[0].kind), [])
        earlier = list(found)
        found += cells
        return loop(cells) or (loop([*earlier, *cells]) if earlier else None)

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
                yield from nested(f"{name} = np.array(", typed, shape, ", dtype=float)")
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

    def _expression(self, equation: Equation) -> tuple[str, Reads]:
        """The formula with a {} for each place that it reads, rounded where a person rounds."""
        assert equation.formula is not None
        pattern, reads = self._pattern(equation.formula)
        if equation.places is not None:
            pattern = f"written({pattern}, {equation.places})"
        return pattern, reads

    def _pattern(self, formula: Formula) -> tuple[str, Reads]:
        sums: dict[str, tuple[str, Reads]] = {}
        reads: list[Place] = []

        def name_of(leaf: Leaf) -> str:
            pattern, own = sums.get(leaf.key) or ("{}", (self.names.place(leaf.key),))
            reads.extend(own)
            return pattern

        def short(node: Formula) -> Formula:
            """The same with one name for many terms that are alike."""
            if not isinstance(node, Sum) or len(node.terms) <= MOST_TERMS:
                return node
            terms: dict[tuple[object, ...], list[tuple[Formula, str, Reads]]] = {}
            for term in node.terms:
                pattern, own = self._pattern(term)
                terms.setdefault(kind(pattern, own), []).append((term, pattern, own))
            made: list[Formula] = []
            for alike in terms.values():
                found = None
                if len(alike) > MOST_TERMS:
                    found = summed(alike[0][1], [own for _, _, own in alike])
                if found is None:
                    made += [term for term, _, _ in alike]
                else:
                    # No key has a blank.
                    made.append(Symbol("", f"sum {len(sums)}"))
                    sums[f"sum {len(sums)}"] = found
            return total(made) if sums else node

        shortened = rebuilt(formula, short)
        return python(shortened, name_of), tuple(reads)

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
            yield from (f"    {line}" for line in nested(f"{name}=", cells, shape, ","))
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
