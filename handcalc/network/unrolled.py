"""Several steps of training as one list: a step begins with what the one before has left.

So a wrong number in the first step is followed through all later ones.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice, pairwise
from math import prod

from handcalc.fields import Shape
from handcalc.formula import Formula, Leaf, Partial, Symbol, substitute
from handcalc.network.graph import RATE
from handcalc.network.keys import Keys
from handcalc.network.notation import marked
from handcalc.network.refs import After, At, Element, Ref, Stage
from handcalc.network.rounding import Written
from handcalc.network.steps import Steps
from handcalc.network.training import Training

MOST_FOLLOWED = 2_000
"""Learned numbers, step after step, that are followed from one step that is seen to the next one."""
_KEY = re.compile(r"(.+)@step([0-9]{1,7})")


def step_of(key: str) -> tuple[str, int]:
    """A key without its step of training, and the step; without one it is of the first."""
    match = _KEY.fullmatch(key)
    return (match[1], int(match[2])) if match else (key, 1)


def key_at(steps: Steps, key: str, step: int) -> str:
    """The key of a value in one step of training; w5_new of step 3 is w5@step3."""
    bare = key.replace("_new", "", 1)
    refs = steps.keys.each(bare) if bare != key else ()
    names = (ref.quantity for ref in refs if isinstance(ref, Element))
    learned = any(name in steps.network.learned_names for name in names)
    return f"{bare if learned else key}@step{step}"


def key_within(steps: Steps, key: str) -> str:
    """The key, within its step of training, of what was asked with that step: w5@step3 is w5_new of step 3."""
    learned = [
        ref
        for ref in islice(steps.keys.spelled(key), 2)
        if isinstance(ref, Element) and ref.quantity in steps.network.learned_names
    ]
    if len(learned) == 1:
        return steps.key(After(learned[0]))
    # Of a whole matrix the name has a word more.
    return marked(Symbol("", key), "new").key if learned else key


class Unrolled(Steps):
    """The steps of all steps of training; each reference is one of a single step, with its number."""

    def __init__(self, training: Training, seen: Iterable[int]) -> None:
        first = training.at(1)
        super().__init__(first.network, first.policy)
        self.training, self.seen = training, {1, *seen}
        self.keys = _Keys(self)
        self._leaves: dict[Ref, Leaf] = {}

    def at(self, ref: Ref) -> tuple[Steps, Ref, int]:
        """The formulas of a reference's step of training, what it is there, and the number."""
        ref = self.same(ref)
        assert isinstance(ref, At)
        return self.training.at(ref.step), ref.of, ref.step

    def same(self, ref: Ref) -> Ref:
        """One reference for each value: what a step begins with is what the one before has left."""
        of, step = (ref.of, ref.step) if isinstance(ref, At) else (ref, 1)
        own = self.training.at(step)
        of = own.same(of)
        if isinstance(of, Element) and step > 1:
            if of.quantity in own.network.learned_names:
                return self.same(At(After(of), step - 1))
            fixed = own.kind(of) in ("setting", "learned") and (
                of.quantity != RATE or self.training.problem.schedule is None
            )
            if fixed or (self.training.batches.whole and own.kind(of) in ("input", "target")):
                return At(of, 1)
        if isinstance(of, Stage) and of.old and step > 1:
            return self.same(At(replace(of, old=False), step - 1))
        return At(of, step)

    def leaf(self, ref: Ref) -> Leaf:
        """The symbol, told apart from that of other steps by its key."""
        if ref not in self._leaves:
            steps, of, step = self.at(ref)
            constant = isinstance(of, Element) and steps.kind(of) == "setting" and step == 1
            leaf = steps.leaf(of) if constant else _at_step(steps, steps.leaf(of), step)
            self._refs.setdefault(leaf, At(of, step))
            self._leaves[ref] = leaf
        return self._leaves[ref]

    @cached_property
    def followed(self) -> frozenset[int]:
        """The steps of training through which numbers are followed: those that are seen, and short ways between.

        Over a longer way what is learned is taken as it ought to be.
        """
        seen, learned = sorted(self.seen), self.network.learned
        most = MOST_FOLLOWED // max(1, sum(prod(q.shape) for q in learned))
        ways = (range(a, b) if b - a <= most else (a,) for a, b in pairwise(seen))
        return frozenset([*chain.from_iterable(ways), *seen])

    def formula(self, ref: Ref) -> Formula | None:
        """The right-hand side, over values of this step and of those before it."""
        ref = self.same(ref)
        if ref not in self._formulas:
            steps, of, step = self.at(ref)
            made = steps.formula(of) if step in self.followed else None
            self._formulas[ref] = made and self.lifted(made, step)
        return self._formulas[ref]

    def lifted(self, formula: Formula, step: int) -> Formula:
        """A formula of one step of training, over the values of all of them."""
        steps = self.training.at(step)
        return substitute(formula, lambda leaf: self.leaf(At(steps.ref(leaf), step)))

    def exact(self, ref: Ref) -> float:
        """The value at full precision."""
        steps, of, _ = self.at(ref)
        return steps.exact(of)

    def by_hand(self, ref: Ref) -> Written:
        """The value as a person carries it."""
        steps, of, _ = self.at(ref)
        return steps.by_hand(of)

    def written(self, ref: Ref) -> Written:
        """The value as the solution shows it."""
        steps, of, _ = self.at(ref)
        return steps.written(of)

    def is_given(self, ref: Ref) -> bool:
        """Does the file give this value?"""
        steps, of, _ = self.at(ref)
        return steps.is_given(of)


def _at_step(steps: Steps, leaf: Leaf, step: int) -> Leaf:
    if isinstance(leaf, Symbol):
        key = key_at(steps, leaf.key, step)
        return replace(leaf, key=key, indexed=False, name=key)
    return Partial(leaf.of, leaf.by, leaf.via, step)


class _Keys(Keys):
    """Finds values by keys with their step of training."""

    def __init__(self, unrolled: Unrolled) -> None:
        super().__init__(unrolled)
        self.training = unrolled.training

    def each(self, key: str) -> Iterator[Ref]:
        yield from self._of_step(key, spelled=False)

    def spelled(self, key: str) -> Iterator[Ref]:
        yield from self._of_step(key, spelled=True)

    def shape(self, key: str) -> Shape | None:
        name, step = step_of(key)
        return self.training.at(step).keys.shape(name) if step <= self.training.count else None

    def known(self, most: int) -> list[str]:
        steps = self.training.at(1)
        return [key_at(steps, key, 1) for key in steps.keys.known(most)]

    def _of_step(self, key: str, *, spelled: bool) -> Iterator[Ref]:
        """What a key of one step means; w5@step3 is what w5 is after that step."""
        name, step = step_of(key)
        # A key without a step could mean any of several.
        if not 1 <= step <= self.training.count or (name == key and self.training.count > 1):
            return
        steps = self.training.at(step)
        own = key_within(steps, name) if name != key else key
        for ref in steps.keys.spelled(own) if spelled else steps.keys.each(own):
            yield At(ref, step)
