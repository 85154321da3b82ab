"""A value with what a person may have carried behind the digits written, for all students at once.

A box is [low, high] around a value. A formula of boxes is a box: each number is moved to its ends by
itself, the changes are added (Σ|∂f/∂x|·u), and all are moved together to where the result is largest and
smallest. That covers rounding, cutting off and full precision behind the digits written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

SLACK = 1e-9
"""Of a unit of the last digit, and of the value: more than binary arithmetic can be off."""


MOST_UNITS = 12
"""Units of the last digit asked for that a box may be wide, unless it is narrow beside its value."""


@dataclass(frozen=True, slots=True)
class Box:
    """One value a student, and the bounds of what it may have been before it was written."""

    value: "Array"
    low: "Array"
    high: "Array"

    @classmethod
    def point(cls, value: "Array") -> "Box":
        """A value that is known exactly."""
        return cls(value, value, value)

    def of(self, rows: "Array") -> "Box":
        """The box of some students."""
        return Box(self.value[rows], self.low[rows], self.high[rows])

    def where(self, chosen: "Array", other: "Box") -> "Box":
        """This box for the chosen students, another for the others."""
        import numpy as np

        return Box(
            np.where(chosen, self.value, other.value),
            np.where(chosen, self.low, other.low),
            np.where(chosen, self.high, other.high),
        )

    def narrow(self, decimals: int, key: Any = 0.0) -> "Array":
        """Is it narrow enough for a number in it to say something?"""
        import numpy as np

        width = self.high - self.low
        size = np.maximum(np.abs(self.value), np.abs(key))
        found: Array = (width <= MOST_UNITS * 10.0**-decimals) | (width <= 0.5 * size)
        return found

    def written(self, unit: "Array | float", *, truncation: bool) -> "Box":
        """As it may stand on paper, written with this unit of the last digit."""
        import numpy as np

        cut = 1.0 if truncation else 0.5
        low = self.low - unit * np.where(self.low > 0, cut, 0.5)
        high = self.high + unit * np.where(self.high < 0, cut, 0.5)
        return Box(self.value, low, high)


def typed(value: "Array", unit: "Array", *, truncation: bool) -> Box:
    """What may stand behind typed digits: half a unit to zero, where digits are cut off a whole one from it."""
    import numpy as np

    cut = 1.0 if truncation else 0.5
    low = value - unit * np.where(value > 0, 0.5, cut)
    high = value + unit * np.where(value < 0, 0.5, cut)
    return Box(value, low, high)


def agrees(box: Box, value: "Array", unit: "Array", *, truncation: bool) -> "Array":
    """Is a typed value what some number of the box is, rounded or cut off to its digits?"""
    import numpy as np

    on_paper = box.written(unit, truncation=truncation)
    slack = SLACK * unit + 1e-12 * np.abs(value)
    # A number that was cut off is nearer than a whole unit: 0.42 is not 0.43.
    inner = SLACK * unit
    low = np.where(box.low > 0, on_paper.low + inner, on_paper.low - slack)
    high = np.where(box.high < 0, on_paper.high - inner, on_paper.high + slack)
    if not truncation:
        low, high = on_paper.low - slack, on_paper.high + slack
    exactly = np.abs(value - box.value) <= slack
    found: Array = ((value >= low) & (value <= high)) | exactly
    return found


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
        "exp": np.exp,
        "ln": np.log,
        "log2": np.log2,
        "log10": np.log10,
        "sqrt": np.sqrt,
        "tanh": np.tanh,
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
                for factor in node.factors[1:]:
                    found = found * walk(factor)
                return found
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
