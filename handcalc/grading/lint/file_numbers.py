"""The numbers of a file that can be changed, each with its place and the values that it stands for.

Each number is changed in the text and the text read again: what then has another value in the network is what
the number is for. Sizes, options and what the reader refuses are found out by the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from handcalc.errors import HandcalcError
from handcalc.network import Element, Network, build
from handcalc.network.graph import GIVEN
from handcalc.network.notation import Notation
from handcalc.number import parse as parse_number
from handcalc.number import plain
from handcalc.operations._tensor import indices
from handcalc.problem import Problem, exact_yaml, parse

MOST_NUMBERS = 150
"""Numbers of one file that are tried; of more, so many spread over the file."""
MOST_TEXT = 1_000_000
"""Characters that are read for all numbers together."""
MOST_SEEDS = 8
"""Other seeds that are tried in place of one."""
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,6})?", re.ASCII)

Values = dict[Element, float]
"""What the given numbers of a network are, as far as they are others than in the file."""


@dataclass(frozen=True, eq=False)
class FileNumber:
    """One number: where it stands, counted from 0, and how it is typed."""

    line: int
    column: int
    text: str
    name: str
    """What it is called in formulas."""
    array: exact_yaml.Path
    """The path of the array that it is one of."""
    refs: tuple[Element, ...]
    """What it stands for in the network; nothing of a seed, from which all is drawn."""
    choices: Mapping[str, Values]
    """Other texts in its place, the near ones first, and what they make of the network."""

    def values(self, text: str) -> Values:
        """The same for any text."""
        return self.choices.get(text) or dict.fromkeys(self.refs, float(text))


def numbers(problem: Problem, advance: Callable[[int], None]) -> list[FileNumber]:
    """Those that can be others."""
    text = problem.origin.text
    scalars = list(_scalars(exact_yaml.read(problem.origin.path, text)))
    places, lines = exact_yaml.places(text), text.split("\n")
    own = _Given(problem)
    found = []
    # The text is read again for each of them.
    most = max(1, min(MOST_NUMBERS, MOST_TEXT // len(text)))
    stride = max(1, -(-len(scalars) // most))
    for path, typed in scalars[::stride]:
        line, column = places[path]
        # What stands in quotes, or in another way, is left as it is.
        if lines[line][column : column + len(typed)] == typed:
            advance(1)
            place = FileNumber(line, column, typed, "", _array(path), (), {})
            number = _number(own, place, _around(path, scalars))
            if number is not None:
                found.append(number)
    return found


def edited(text: str, changes: Sequence[tuple[FileNumber, str]]) -> str:
    """A text with other numbers in it, and nothing else changed, line ends included."""
    lines = re.split(r"(\r\n|\r|\n)", text)
    for number, other in sorted(changes, key=lambda change: -change[0].column):
        line = lines[2 * number.line]
        start = number.column + line.startswith("\ufeff") * (number.line == 0)
        assert line[start : start + len(number.text)] == number.text
        lines[2 * number.line] = line[:start] + other + line[start + len(number.text) :]
    return "".join(lines)


@dataclass(frozen=True, slots=True)
class _Around:
    """The numbers of the same array, and those of the same layer."""

    array: tuple[str, ...]
    layer: tuple[str, ...]


def _array(path: exact_yaml.Path) -> exact_yaml.Path:
    """The path as far as its last name."""
    return path[: max(place for place, name in enumerate(path, 1) if isinstance(name, str))]


def _around(path: exact_yaml.Path, scalars: Sequence[tuple[exact_yaml.Path, str]]) -> _Around:
    def below(start: exact_yaml.Path) -> tuple[str, ...]:
        return tuple(text for other, text in scalars if start and other[: len(start)] == start)

    array = _array(path)
    return _Around(below(array), below(array[:-1]))


def _scalars(node: Any, path: exact_yaml.Path = ()) -> Iterator[tuple[exact_yaml.Path, str]]:
    """The plain numbers of a file in order, each with its path."""
    if isinstance(node, dict | list):
        for name, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _scalars(part, (*path, name))
    elif isinstance(node, str) and _PLAIN.fullmatch(node):
        yield path, node


class _Given:
    """The given numbers of a problem, and of the same with another number in its text."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @cached_property
    def network(self) -> Network:
        return build(self.problem)

    @cached_property
    def values(self) -> Values:
        """As the file has them."""
        return _values(self.network)

    def name(self, refs: Iterable[Element]) -> str:
        """w5; what they belong to, where one number stands for several."""
        several, notation = list(refs), Notation(self.network)
        if len(several) == 1:
            return notation.symbol(several[0]).key
        names = dict.fromkeys(ref.quantity for ref in several)
        return ", ".join(notation.whole(self.network.quantities[name]) for name in names)

    @cached_property
    def looked_up(self) -> set[str]:
        """What decides which row is taken: other numbers there are another exercise."""
        return self.network.read_by_value

    def with_text(self, number: FileNumber, other: str) -> Values | None:
        """What is another number then; None where nothing is, or something else changes too."""
        try:
            text = edited(self.problem.origin.text, [(number, other)])
            network = build(parse(text, self.problem.origin.path, self.problem.origin.name))
        except HandcalcError:
            return None
        values = _values(network)
        if network.nodes != self.network.nodes or set(values) != set(self.values):
            return None
        if network.problem.rounding != self.problem.rounding:
            return None
        changed = {ref: value for ref, value in values.items() if value != self.values[ref]}
        kinds = {network.quantities[ref.quantity].kind for ref in changed}
        beside = any(ref.quantity in self.looked_up for ref in changed) or "state" in kinds
        return None if beside or not changed else changed


def _values(network: Network) -> Values:
    found: Values = {}
    for quantity in network.of_kind(*GIVEN):
        arrays = network.arrays[quantity.name]
        own = network.per_sample(quantity.name)
        for index in indices(quantity.shape):
            for sample in range(network.samples) if own and network.samples > 1 else (None,):
                at = (sample or 0, *index) if own else index
                found[Element(quantity.name, index, sample)] = float(arrays[at])
    return found


def _number(own: _Given, place: FileNumber, around: _Around) -> FileNumber | None:
    """A number with what may stand in its place; None if nothing may."""
    others = list(dict.fromkeys(_others(place.text, around)))
    first = own.with_text(place, others[0]) if others else None
    if first is None:
        return None
    named = replace(place, name=own.name(first))
    old, new = float(place.text), float(others[0])
    if all(own.values[ref] == old and first[ref] == new for ref in first):
        choices = {other: dict.fromkeys(first, float(other)) for other in others}
        return replace(named, refs=tuple(first), choices=choices)
    if "." in place.text or len(first) == 1:
        return None
    # A seed: each one draws other numbers.
    seeds = (str(int(place.text) + more) for more in range(1, MOST_SEEDS))
    drawn = {seed: own.with_text(place, seed) for seed in seeds}
    return replace(named, choices={seed: v for seed, v in drawn.items() if v is not None})


def _others(typed: str, around: _Around) -> Iterator[str]:
    """Other numbers with as many decimals, the near ones first."""
    beside = around.array
    if len(beside) > FEW and {"0", "1"}.issuperset(beside):
        return  # a drawing, a mask, a target: meant as it is
    places, value = decimals(typed), float(typed)
    if not places and value in (0.0, 1.0):
        # A bias of 0 beside weights such as 0.5 may be 0.1.
        alone = {"0", "1"}.issuperset(beside)
        others = map(decimals, around.layer if alone else beside)
        places = min(filter(None, others), default=0)
    unit = 10.0**-places
    size = max(unit, *(abs(float(text)) for text in beside))
    steps = sorted({round(size * part / unit) or 1 for part in _PARTS})
    moved = (value + sign * step * unit for step in steps for sign in (1, -1))
    yield from (f"{other:z.{places}f}" for other in moved)
    if len(beside) == 1 and 0 < abs(value) < _SMALL:
        yield from (plain(parse_number(typed) * times) for times in _TIMES)


def decimals(text: str) -> int:
    """How many decimals a plain number is typed with."""
    return len(text.partition(".")[2])


FEW = 2
"""Numbers up to which 0 and 1 beside each other may be chance."""
_PARTS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
"""Of the size of the numbers around it: how far a number is moved."""
_SMALL, _TIMES = 0.1, (5, 10, 20, 50, 100, 200, 500)
"""A small number that stands alone, as η, may be so many times as large."""
