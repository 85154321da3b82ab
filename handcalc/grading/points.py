"""Numbers in place of symbols: as many draws as it takes to see every way that formulas can take.

A rectifier has two ways, a window of a pooling layer one for each of its cells; a product is seen where it
is not 0. What no draw has shown is not known to be the same.
"""

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import prod

from handcalc.errors import HandcalcError
from handcalc.formula import (
    Formula,
    Leaf,
    Number,
    Partial,
    Symbol,
    is_long,
    leaves,
    substitute,
)
from handcalc.formula.forks import Forks, ValueOf, is_always_zero
from handcalc.network import Ref, Steps

FEWEST = 7
MOST = 240
MOST_NUMBERS = 20_000_000
"""Numbers of all draws together."""
MOST_REFS = 20_000
"""Steps on the way to one, up to which they are looked at."""
MOST_BEHIND = 400
"""Steps behind one up to which mistakes are looked for in them."""
MOST_CUT = 300
"""The same, between a step and the names of a formula."""
TINY = 1e-7
"""Numbers below it are too near to 0 to tell anything."""


class Points:
    """The steps of a problem at one draw after the other; draws are kept.

    `keeps`: numbers that the file has beside its symbols stay what they are.
    """

    def __init__(self, steps: Steps, *, keeps: bool = False) -> None:
        self.steps, self.keeps = steps, keeps
        self._drawn: list[Steps] = []
        self._forks: dict[Ref, Forks] = {}
        self._seen: dict[Ref, int] = {}
        self._zero: dict[Ref, bool] = {}

    @cached_property
    def most(self) -> int:
        """How many draws there can be: of a large network fewer."""
        network = self.steps.network
        size = sum(
            prod(q.shape) * (network.samples if network.per_sample(q.name) else 1)
            for q in network.quantities.values()
        )
        return max(FEWEST, min(MOST, MOST_NUMBERS // max(size, 1)))

    def value(self, draw: int, ref: Ref) -> float:
        """A step at one draw; nan where it has no value."""
        while len(self._drawn) <= draw:
            self._drawn.append(self.steps.drawn(len(self._drawn) + 1, keeps=self.keeps))
        try:
            return self._drawn[draw].exact(ref)
        except HandcalcError:
            return math.nan

    def of_leaf(self, draw: int) -> ValueOf:
        """What stands behind the leaves of a formula at one draw."""
        return lambda leaf: self.value(draw, self.steps.ref(leaf))

    def needed(self, ref: Ref) -> tuple[int, bool]:
        """How many draws to look at, and whether they show every way of the steps that lead to one.

        Where ways are chosen all there are: it is the choices of two formulas together that must be met.
        """
        behind = list(islice(self._behind(ref, frozenset()), MOST_REFS + 1))
        if len(behind) > MOST_REFS:
            return FEWEST, False
        many, chooses = FEWEST, False
        for other in behind:
            forks = self._forks_of(other)
            chooses |= forks.chooses
            while forks.open and self._seen[other] < self.most:
                forks.at(self.of_leaf(self._seen[other]))
                self._seen[other] += 1
            if forks.open:
                return FEWEST, False
            many = max(many, self._seen[other])
        return (self.most if chooses else many), True

    def has_many_behind(self, ref: Ref, on_sheet: Collection[Ref]) -> bool:
        """Are there so many steps between one and those on the sheet that no mistake is looked for in them?"""
        cut = set(on_sheet) - {ref}
        return any(True for _ in islice(self._behind(ref, cut), MOST_BEHIND, None))

    def _forks_of(self, ref: Ref) -> Forks:
        if ref not in self._forks:
            self._forks[ref] = self._fresh(ref)
            self._seen[ref] = 0
        return self._forks[ref]

    def _fresh(self, ref: Ref) -> Forks:
        """The ways of a step's formula, none of them seen; those of the steps before it are known."""
        formula = self._formula(ref)
        assert formula is not None
        self._zero[ref] = is_always_zero(formula, self.is_zero)
        return Forks(formula, self.is_zero)

    def _formula(self, ref: Ref) -> Formula | None:
        """The formula of a step, the terms of a long one made once and for all."""
        formula = self.steps.formula(ref)
        if formula is not None and is_long(formula):
            return substitute(formula, lambda leaf: leaf)
        return formula

    def is_zero(self, leaf: Leaf) -> bool:
        """Is a step 0 whatever the numbers are, as the slope of a step function is?"""
        return self._zero.get(self.steps.ref(leaf), False)

    def is_plain(self, ref: Ref) -> bool:
        """Is a step 0, or another number, whatever the numbers are?"""
        return self._zero.get(ref, False) or self._fresh(ref).is_constant

    def _behind(self, ref: Ref, cut: Collection[Ref]) -> Iterator[Ref]:
        """The steps that lead to one, each after those that it is made of; it comes last itself.

        What is given, and what is behind the steps of `cut`, is left out.
        """
        waiting, seen = [(ref, False)], set[Ref]()
        while waiting:
            at, ready = waiting.pop()
            if ready:
                yield at
                continue
            formula = self.steps.formula(at)
            if at in seen or at in cut or formula is None:
                continue
            seen.add(at)
            waiting.append((at, True))
            waiting += [(self.steps.ref(leaf), False) for leaf in dict.fromkeys(leaves(formula))]

    # --- with the names of a formula as free numbers -------------------------------------------------

    def same_freely(self, ref: Ref, formula: Formula) -> bool:
        """Is a formula the step whatever the numbers behind its names are, given or worked out?

        Every way of both must have been seen. That they differ here says nothing: names can depend on
        each other.
        """
        formula = self._with_names_resolved(formula)
        names = list(dict.fromkeys(map(self.steps.ref, leaves(formula))))
        if all(map(self.steps.is_given, names)):
            return False
        behind = list(islice(self._behind(ref, frozenset(names)), MOST_CUT + 1))
        if len(behind) > MOST_CUT:
            return False
        typed = Forks(formula, self.is_zero)
        forks = {other: self._fresh(other) for other in behind}
        every = [typed, *forks.values()]
        chooses = any(ways.chooses for ways in every)
        met, plain = 0, self.is_plain(ref)
        for draw in range(self.most):
            numbers = _free(names, draw)
            for other in behind:
                numbers[other] = forks[other].at(self._with(numbers, draw))
            own = numbers[ref]
            if not math.isfinite(own):
                continue
            if not close(own, typed.at(self._with(numbers, draw))):
                return False
            met += abs(own) > TINY or plain
            if met >= FEWEST and not chooses and not any(ways.open for ways in every):
                return True
        return met >= FEWEST and not any(ways.open for ways in every)

    def _with_names_resolved(self, formula: Formula) -> Formula:
        """With what a step only names, or the number that it is, in place of its own name: x11 for ∂y11/∂k11."""

        def meant(leaf: Leaf) -> Formula:
            own = self.steps.formula(self.steps.ref(leaf))
            if isinstance(own, Symbol | Partial):
                return meant(own)
            return own if isinstance(own, Number) else leaf

        return substitute(formula, meant)

    def _with(self, numbers: Mapping[Ref, float], draw: int) -> ValueOf:
        def of(leaf: Leaf) -> float:
            ref = self.steps.ref(leaf)
            return numbers[ref] if ref in numbers else self.value(draw, ref)

        return of


def _free(names: Sequence[Ref], draw: int) -> dict[Ref, float]:
    """Numbers for some names: positive ones, then of both signs, then one of them far above or below the rest."""
    number = random.Random(draw).uniform  # noqa: S311  # not for secrets
    found = {name: number(0.1, 0.9) if draw % 3 == 0 else number(-2, 2) for name in names}
    if draw % 3 == 2:
        turn, below = divmod(draw // 3, 2)
        found[names[turn % len(names)]] = -4.0 if below else 4.0
    return found


def close(a: float, b: float) -> bool:
    """The same but for the dust of floats."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
