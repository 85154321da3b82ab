"""Formulas of boxes: what comes out between all the ends of the numbers that go in.

Σ|∂f/∂x|·u, and where the result is largest and smallest with all of them: that covers rounding, cutting off
and full precision behind the digits written.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from handcalc.formula import (
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
    leaves,
)
from handcalc.formula.functions import ELEMENTARY, of_each
from handcalc.grading.box import Box

if TYPE_CHECKING:
    from handcalc.grading.box import Array


def carried(formula: Formula, boxes: Mapping[Leaf, Box]) -> Box:
    """The box of a formula from those of its leaves."""
    import numpy as np

    used = list(dict.fromkeys(leaves(formula)))
    middle = {leaf: boxes[leaf].value for leaf in used}
    wide = [leaf for leaf in used if (boxes[leaf].high > boxes[leaf].low).any()]
    with np.errstate(all="ignore"):
        value = evaluated(formula, middle.__getitem__)
        if not wide:
            return Box.point(value)
        up = down = np.zeros_like(value)
        upper, lower = dict(middle), dict(middle)

        def moved(numbers: "Mapping[Leaf, Array]") -> "Array":
            """The result; where the ends of a box have none, as ln 0, the middle serves."""
            found = evaluated(formula, numbers.__getitem__)
            return np.where(np.isfinite(found), found, value)

        for leaf in wide:
            box = boxes[leaf]
            above, below = moved({**middle, leaf: box.high}), moved({**middle, leaf: box.low})
            up = up + np.maximum(np.maximum(above, below) - value, 0)
            down = down + np.maximum(value - np.minimum(above, below), 0)
            rises = above >= below
            upper[leaf] = np.where(rises, box.high, box.low)
            lower[leaf] = np.where(rises, box.low, box.high)
        high = np.maximum(value + up, moved(upper))
        low = np.minimum(value - down, moved(lower))
    return Box(value, low, high)


def evaluated(formula: Formula, value_of: Callable[[Leaf], Any]) -> Any:
    """The value of a formula for all students; where a case decides, each has its own."""
    import numpy as np

    functions: dict[str, Callable[..., Any]] = {
        **{name: partial(of_each, name) for name in ELEMENTARY},
        "abs": np.abs,
        "floor": np.floor,
        "max": lambda *a: np.maximum.reduce(np.broadcast_arrays(*a)),
        "min": lambda *a: np.minimum.reduce(np.broadcast_arrays(*a)),
    }
    relations: dict[str, Callable[..., Any]] = {
        ">": np.greater,
        ">=": np.greater_equal,
        "<": np.less,
        "<=": np.less_equal,
    }

    def walk(node: Formula) -> Any:
        match node:
            case Number():
                return float(node.value)
            case Symbol() | Partial():
                return value_of(node)
            case Sum():
                found = walk(node.terms[0])
                for term in node.terms[1:]:
                    found = found + walk(term)
                return found
            case Product():
                found = walk(node.factors[0])
                zero = found == 0
                for factor in node.factors[1:]:
                    value = walk(factor)
                    found, zero = found * value, zero | (value == 0)
                # A term with the factor 0 is left out, whatever else stands in it: 0·ln(-1).
                return found if np.isfinite(found).all() else np.where(zero, 0.0, found)
            case Quotient():
                return np.divide(walk(node.top), walk(node.bottom))
            case Power():
                return np.power(walk(node.base), walk(node.exponent))
            case Negative():
                return -walk(node.argument)
            case Call():
                return functions[node.name](*map(walk, node.arguments))
            case Cases():
                found = walk(node.otherwise)
                for case in reversed(node.cases):
                    holds = relations[case.relation](walk(case.left), walk(case.right))
                    found = np.where(holds, walk(case.value), found)
                return found
            case Dots() | Derivative() | Slide():
                raise ValueError("a shortened or unfinished line has no value of its own")
            case _:
                assert_never(node)

    return walk(formula)
