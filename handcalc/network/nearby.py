"""What values do right beside their numbers, with 80 digits: a corner, a jump, a slope of exactly 0."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from handcalc.formula import Formula, Leaf, Number, algebra, is_long, leaves
from handcalc.formula.reader import meant
from handcalc.formula.tree import PI
from handcalc.network.refs import Element, Ref
from handcalc.network.steps import Steps

Value: TypeAlias = Any  # sympy ships no types
Break: TypeAlias = Literal["corner", "jump"]

FAR, NEAR = Fraction(1, 10**30), Fraction(1, 10**33)
"""Two steps to either side: what is smooth goes down with the step, what is broken does not."""
NOISE = Fraction(1, 10**40)
"""Far above what 80 digits leave of two numbers that are the same, over the smaller step."""

CERTAIN = Fraction(1, 10**40)
"""A value of 80 digits above this is not what is left of what has cancelled, of numbers below 1e40."""
MOST_LEAVES = 400
"""Numbers in a value with everything put in up to which it is proved to be 0."""


class Nearby:
    """The values of one solved network, and what becomes of them where a number is moved a little."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self._here: dict[Ref, Value] = {}
        self._sizes: dict[Ref, int] = {}

    def at(self, ref: Ref, moved: Mapping[Element, Fraction] | None = None) -> Value:
        """The value of a step from the numbers of the file, some of them moved."""
        return self._value(ref, moved or {}, {} if moved else self._here)

    def _value(self, ref: Ref, moved: Mapping[Element, Fraction], known: dict[Ref, Value]) -> Value:
        waiting = [self.steps.same(ref)]
        while waiting:
            at = waiting[-1]
            formula = None if self.steps.is_given(at) else self.steps.formula(at)
            behind = [] if formula is None else [self.steps.ref(leaf) for leaf in leaves(formula)]
            missing = [other for other in behind if other not in known]
            if missing and at not in known:
                waiting += missing
                continue
            waiting.pop()
            if at not in known:
                found = self._given(at) if formula is None else self._of(formula, known)
                by = moved.get(at) if isinstance(at, Element) else None
                known[at] = found if by is None else found + algebra.exactly(by)
        return known[self.steps.same(ref)]

    def _of(self, formula: Formula, known: Mapping[Ref, Value]) -> Value:
        return algebra.precise(formula, lambda leaf: known[self.steps.ref(leaf)])

    def _given(self, ref: Ref) -> Value:
        """A given number as it is written: π is no decimal."""
        written = self.steps.by_hand(ref)
        formula = meant(Number(written.value, written.text))
        if isinstance(formula, Number):
            return (
                algebra.to_sympy(PI, _none)
                if formula.text in ("π", "pi")
                else algebra.exactly(written.value)
            )
        return algebra.to_sympy(formula, _none)

    # --- a number that is exactly 0 ---------------------------------------------------------------

    def is_zero(self, ref: Ref) -> bool | None:
        """Is a step exactly 0, not only in all digits of a float? None where that is not decided."""
        if self._size(ref) <= MOST_LEAVES:
            return algebra.is_zero(self._whole(ref))
        return False if abs(self.at(ref)) > CERTAIN else None

    def digits(self, ref: Ref, less: Ref | None = None, places: int = 20) -> Fraction | None:
        """A step, perhaps less another one, to so many digits however much of it cancels."""
        whole = self._whole(ref) - (0 if less is None else self._whole(less))
        return algebra.digits(whole, places)

    def _whole(self, ref: Ref) -> Value:
        """The value with its roots and exponentials as they are."""
        ref = self.steps.same(ref)
        formula = None if self.steps.is_given(ref) else self.steps.formula(ref)
        if formula is None:
            return self._given(ref)
        return algebra.to_sympy(formula, lambda leaf: self._whole(self.steps.ref(leaf)))

    def _size(self, ref: Ref) -> int:
        """How many numbers stand in a value with everything put in; beyond the most it is only large."""
        ref = self.steps.same(ref)
        if ref not in self._sizes:
            formula = None if self.steps.is_given(ref) else self.steps.formula(ref)
            behind = [] if formula is None else [self.steps.ref(leaf) for leaf in leaves(formula)]
            self._sizes[ref] = min(sum(map(self._size, behind)) or 1, MOST_LEAVES + 1)
        return self._sizes[ref]

    # --- where a value breaks -------------------------------------------------------------------

    def breaks(self, of: Element) -> Iterator[tuple[Element, Break]]:
        """What a value is made of, each where it has a corner or jumps if that alone is moved."""
        formula = self.steps.formula(of)
        if formula is None or is_long(formula):
            return
        for leaf in dict.fromkeys(leaves(formula)):
            ref = self.steps.ref(leaf)
            if isinstance(ref, Element):
                found = self._broken(lambda h, leaf=leaf: self._moved(formula, leaf, h))
                if found is not None:
                    yield ref, found

    def is_smooth(self, of: Element, moves: Mapping[Element, int]) -> bool:
        """Does a value neither jump nor turn where several numbers are moved at once?"""
        return self._broken(lambda h: self.at(of, {x: h * by for x, by in moves.items()})) is None

    def _moved(self, formula: Formula, by: Leaf, h: Fraction) -> Value:
        step = algebra.exactly(h)
        return algebra.precise(
            formula, lambda leaf: self.at(self.steps.ref(leaf)) + (step if leaf == by else 0)
        )

    def _broken(self, value: Any) -> Break | None:
        """Value is a function of the step; one that has no value to one side is taken as whole."""
        here = value(Fraction())
        beside = [(value(h), value(-h)) for h in (FAR, NEAR)]
        if not all(v.is_real for v in (here, *beside[0], *beside[1])):
            return None
        noise = algebra.exactly(NOISE) * max(1, abs(here))
        far, near = ([abs(v - here) for v in both] for both in beside)
        if any(n > noise and 2 * n > f for f, n in zip(far, near, strict=True)):
            return "jump"
        turns = [
            abs(above + below - 2 * here) / algebra.exactly(h)
            for (above, below), h in zip(beside, (FAR, NEAR), strict=True)
        ]
        return "corner" if turns[1] > noise and 2 * turns[1] > turns[0] else None


def _none(leaf: Leaf) -> Value:
    raise KeyError(leaf)
