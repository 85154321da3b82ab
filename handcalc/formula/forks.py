"""Where a formula takes one of several ways: cases, |u|, max, min, floor, and terms that can be 0.

Two formulas that agree at some points are the same only if the points have seen all of both: every case,
every argument as the largest, every product at a place where it is not 0.
"""

import math
import operator
from collections.abc import Callable, Iterator
from itertools import islice
from typing import assert_never

from handcalc.formula.functions import ELEMENTARY
from handcalc.formula.tree import (
    Call,
    Cases,
    Derivative,
    Dots,
    Formula,
    Leaf,
    Negative,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Slide,
    Sum,
    Symbol,
)
from handcalc.formula.walk import leaves, parts

ValueOf = Callable[[Leaf], float]
NOT_ZERO = -1
MOST_WAYS = 4_000
"""Ways of one formula up to which they are followed."""

_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Forks:
    """The ways that a formula can take, of which those are `open` that no point has taken yet."""

    def __init__(self, formula: Formula, is_zero: Callable[[Leaf], bool] = lambda _: False) -> None:
        """`is_zero` tells of a leaf that is 0 whatever the numbers are, and products with it too."""
        self.formula = formula
        self._floors: dict[int, float] = {}
        self.open = set(islice(_ways(formula, is_zero), MOST_WAYS))

        self.chooses = any(way != NOT_ZERO for _, way in self.open)
        """Does it choose between several ways, not just multiply?"""

    @property
    def is_constant(self) -> bool:
        """Is there no symbol in it?"""
        return next(leaves(self.formula), None) is None

    def at(self, value_of: ValueOf) -> float:
        """The value in floats, nan where there is none; the ways that it takes are no longer open."""
        taken: list[tuple[int, int]] = []
        try:
            found = self._value(self.formula, value_of, taken)
        except (ArithmeticError, ValueError):
            return math.nan
        if math.isfinite(found):
            self.open.difference_update(taken)
        return found

    def _value(self, node: Formula, value_of: ValueOf, taken: list[tuple[int, int]]) -> float:
        match node:
            case Number():
                return float(node.value)
            case Symbol() | Partial():
                return value_of(node)
            case Sum():
                return math.fsum(self._value(term, value_of, taken) for term in node.terms)
            case Product():
                found = 1.0
                for factor in node.factors:
                    # 0·ln 0 is 0: behind a factor of exactly 0 nothing is looked at.
                    found *= self._value(factor, value_of, taken)
                    if found == 0:
                        return found
                taken.append((id(node), NOT_ZERO))
                return found
            case Quotient():
                top = self._value(node.top, value_of, taken)
                return top / self._value(node.bottom, value_of, taken)
            case Power():
                base = self._value(node.base, value_of, taken)
                return math.pow(base, self._value(node.exponent, value_of, taken))
            case Negative():
                return -self._value(node.argument, value_of, taken)
            case Call(name="abs" | "max" | "min" | "floor"):
                return self._fork(node, value_of, taken)
            case Call():
                return ELEMENTARY[node.name].value(self._value(node.arguments[0], value_of, taken))
            case Cases():
                for place, case in enumerate(node.cases):
                    left = self._value(case.left, value_of, taken)
                    if _RELATIONS[case.relation](left, self._value(case.right, value_of, taken)):
                        taken.append((id(node), place))
                        return self._value(case.value, value_of, taken)
                taken.append((id(node), len(node.cases)))
                return self._value(node.otherwise, value_of, taken)
            case Dots() | Derivative() | Slide():
                raise ValueError("a shortened or unfinished line has no value of its own")
            case _:
                assert_never(node)

    def _fork(self, node: Call, value_of: ValueOf, taken: list[tuple[int, int]]) -> float:
        values = [self._value(argument, value_of, taken) for argument in node.arguments]
        if node.name == "floor":
            whole = float(math.floor(values[0]))
            if self._floors.setdefault(id(node), whole) != whole:
                taken.append((id(node), 0))
            return whole
        if node.name == "abs":
            taken.append((id(node), int(values[0] < 0)))
            return abs(values[0])
        found = max(values) if node.name == "max" else min(values)
        taken.append((id(node), values.index(found)))
        return found


def is_always_zero(node: Formula, is_zero: Callable[[Leaf], bool]) -> bool:
    """Is a formula 0 because of what stands in it?"""
    match node:
        case Number():
            return node.value == 0
        case Symbol() | Partial():
            return is_zero(node)
        case Product():
            return any(is_always_zero(factor, is_zero) for factor in node.factors)
        case Sum():
            return all(is_always_zero(term, is_zero) for term in node.terms)
        case Negative():
            return is_always_zero(node.argument, is_zero)
        case Quotient():
            return is_always_zero(node.top, is_zero)
        case _:
            return False


def _ways(node: Formula, is_zero: Callable[[Leaf], bool]) -> Iterator[tuple[int, int]]:
    """Every way of a formula: the node and which of its ways it is; of a floor, that it changes."""
    match node:
        case Cases():
            yield from ((id(node), place) for place in range(len(node.cases) + 1))
        case Call(name="max" | "min"):
            yield from ((id(node), place) for place in range(len(node.arguments)))
        case Call(name="abs"):
            yield from ((id(node), place) for place in range(2))
        case Call(name="floor"):
            yield id(node), 0
        case Product() if is_always_zero(node, is_zero):
            # Nothing behind a factor of 0 is looked at.
            return
        case Product():
            yield id(node), NOT_ZERO
    for part in parts(node):
        yield from _ways(part, is_zero)
