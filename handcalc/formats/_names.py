"""Keys as Python names, one to one: h1_in@2 is h1_in_s2, conv1[1,2] the cell conv1[0, 1] of an array."""

import builtins
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

LOOPS = ("i", "j", "k", "l")
"""What counts the cells of an array along its axes; where there are arrays no value has one of these names."""
SUMS = ("m", "n", "u", "v")
"""The same of the terms of a sum."""
TAKEN = {"np", "erf", "agree", "written", "Decimal"}
_CELL = re.compile(r"([^\[\]@]+)\[([0-9]{1,9}(?:,[0-9]{1,9}){0,3})\]([^\[\]@]*)(@[^\[\]]*)?")

Index = tuple[int, ...]


@dataclass(slots=True)
class Variable:
    """A name, and of an array the lowest and the highest numbers of its cells."""

    name: str
    lowest: list[int] = field(default_factory=list)
    highest: list[int] = field(default_factory=list)

    @property
    def shape(self) -> Index:
        """The size of an array, () of a number."""
        return tuple(h - low + 1 for h, low in zip(self.highest, self.lowest, strict=True))


@dataclass(frozen=True, slots=True)
class Place:
    """A number in the program: a variable, or a cell of one, counted from 0.

    Of many terms of a sum `moved` says what each index grows by: conv1[0, +m] is conv1[0, m].
    """

    name: str
    index: Index = ()
    moved: tuple[str, ...] = ()

    def at(self, index: Sequence[str]) -> str:
        """The same with other indices, which may be formulas."""
        moved = self.moved or ("",) * len(index)
        written = map(_moved, index, moved)
        return f"{self.name}[{', '.join(written)}]" if index else self.name

    def __str__(self) -> str:
        return self.at([*map(str, self.index)])


def _moved(index: str, by: str) -> str:
    """An index that grows: m, m+2, i+m."""
    if not by or not index.isdigit():
        return index + by
    return by.removeprefix("+") + (f"+{index}" if index != "0" else "")


class Names:
    """The names of all keys of a program; the same keys in the same order have the same names."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._variables: dict[tuple[str, int], Variable] = {}
        self._taken = {*TAKEN, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
        if any(map(_CELL.fullmatch, keys)):
            self._taken.update(LOOPS, SUMS)
        self._places: dict[str, tuple[Variable, Index]] = {}
        for key in keys:
            self._learn(key)
        self.shapes = {v.name: v.shape for v in self._variables.values()}

    def place(self, key: str) -> Place:
        """Where the number of a key is kept."""
        variable, index = self._places[key]
        return Place(
            variable.name,
            tuple(i - low for i, low in zip(index, variable.lowest, strict=True)),
        )

    def _learn(self, key: str) -> None:
        cell = _CELL.fullmatch(key)
        if cell is None:
            self._places[key] = self._variable(key, 0), ()
            return
        index = tuple(map(int, cell[2].split(",")))
        variable = self._variable(cell[1] + cell[3] + (cell[4] or ""), len(index))
        # Cells count from 1, and what is before the first one from 0.
        first = [min(1, i) for i in index]
        variable.lowest = [*map(min, variable.lowest or first, first)]
        variable.highest = [*map(max, variable.highest or index, index)]
        self._places[key] = variable, index

    def _variable(self, key: str, axes: int) -> Variable:
        if (key, axes) not in self._variables:
            self._variables[key, axes] = Variable(self._free(key))
        return self._variables[key, axes]

    def _free(self, key: str) -> str:
        """A name that is none of Python's and none of another key."""
        spelled = key.replace("@step", "_step").replace("@", "_s").rstrip("]")
        name = re.sub(r"[^A-Za-z0-9_]", "_", spelled)
        name = name if name[:1].isalpha() else f"_{name}"
        others = (name if n == 1 else f"{name}_{n}" for n in count(1))
        free = next(other for other in others if other not in self._taken)
        self._taken.add(free)
        return free
