"""A formula as somebody types it, `o1_out(1 - o1_out)·w5`, as a function of its names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from handcalc.formula import Formula, Symbol, leaves
from handcalc.formula.forks import Forks
from handcalc.formula.reader import read
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.grading.answer import UnreadableError

MAX_LENGTH = 600


@dataclass(frozen=True)
class TypedFormula:
    """A formula that was typed, over the names in it."""

    formula: Formula

    @cached_property
    def names(self) -> frozenset[str]:
        """What it names."""
        return frozenset(leaf.key for leaf in leaves(self.formula))

    def at(self, numbers: Mapping[str, float]) -> float:
        """The value for numbers in place of the names; nan where there is none."""
        return self._forks.at(lambda leaf: numbers.get(leaf.key, math.nan))

    @cached_property
    def _forks(self) -> Forks:
        return Forks(self.formula)


def parse(text: str) -> TypedFormula:
    """The formula in a text, whatever it names; UnreadableError says what is wrong with it."""
    if len(text) > MAX_LENGTH:
        raise UnreadableError(f"has more than {MAX_LENGTH} characters")
    try:
        return TypedFormula(read(text, _any))
    except UnreadableFormulaError as wrong:
        raise UnreadableError(str(wrong)) from None


def _any(name: str) -> Formula | None:
    """Every name stands for itself, except e and π."""
    return None if name in ("e", "pi", "π") or name.startswith("∂") else Symbol(name, name)
