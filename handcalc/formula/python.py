"""Formulas as Python, `w1*x1 + w2*x2 + b1`; functions come from numpy, as `np`, and from math.

Nothing is simplified and nothing reordered, so that floats are put together as the page puts them together.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import assert_never

from handcalc.formula.functions import ELEMENTARY
from handcalc.formula.reader import meant
from handcalc.formula.tree import (
    Call,
    Case,
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
from handcalc.number import Exact, plain

CONDITION, ADDED, MULTIPLIED, SIGNED, RAISED, CLOSED = range(6)
"""How closely the parts of what is written hold together."""
_LITERAL = re.compile(r"(0|[1-9][0-9]{0,39})(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_OF_NUMPY = {name: f"np.{row.numpy}" for name, row in ELEMENTARY.items() if row.numpy}
FUNCTIONS = {
    **_OF_NUMPY,
    "sqrt": "np.sqrt",
    "floor": "np.floor",
    "erf": "erf",
    "abs": "abs",
    "max": "max",
    "min": "min",
}
"""What each function is called; numpy has no error function, so that it is the one of `math`."""


def python(formula: Formula, name_of: Callable[[Leaf], str]) -> str:
    """The formula as a Python expression over names that `name_of` gives."""

    def within(node: Formula, least: int) -> str:
        written, closeness = walk(node)
        return written if closeness >= least else f"({written})"

    def walk(node: Formula) -> tuple[str, int]:
        match node:
            case Number():
                inner = meant(node)
                return walk(inner) if inner is not node else _number(node)
            case Symbol() | Partial():
                return name_of(node), CLOSED
            case Sum():
                return added(node), ADDED
            case Product():
                first, *others = node.factors
                rest = (within(factor, SIGNED) for factor in others)
                return "*".join([within(first, MULTIPLIED), *rest]), MULTIPLIED
            case Quotient():
                top, bottom = within(node.top, MULTIPLIED), within(node.bottom, RAISED)
                return f"{top}/{bottom}", MULTIPLIED
            case Power():
                return f"{within(node.base, CLOSED)}**{within(node.exponent, CLOSED)}", RAISED
            case Negative():
                # Of a product the sign is that of its first factor; floats are the same either way.
                return f"-{within(node.argument, SIGNED)}", SIGNED
            case Call():
                given = ", ".join(within(argument, ADDED) for argument in node.arguments)
                return f"{FUNCTIONS[node.name]}({given})", CLOSED
            case Cases():
                ways = "".join(f"{way(case)} else " for case in node.cases)
                return ways + within(node.otherwise, ADDED), CONDITION
            case Dots() | Derivative() | Slide():
                raise ValueError("a shortened or unfinished line has no value of its own")
            case _:
                assert_never(node)

    def way(case: Case) -> str:
        # In the order in which it is written, as `name_of` may count what it is asked.
        value, left = within(case.value, ADDED), within(case.left, ADDED)
        return f"{value} if {left} {case.relation} {within(case.right, ADDED)}"

    def added(node: Sum) -> str:
        first, *others = node.terms
        line = within(first, ADDED)
        for term in others:
            if isinstance(term, Negative):
                line += f" - {within(term.argument, MULTIPLIED)}"
            else:
                line += f" + {within(term, MULTIPLIED)}"
        return line

    return walk(formula)[0]


def literal(value: Exact, text: str | None = None) -> str:
    """A number as Python, as it was typed where Python reads the same: 0.10, 1/3, -1e-3."""
    return python(Number(value, text), lambda leaf: leaf.key)


def _number(node: Number) -> tuple[str, int]:
    if node.text == "π":
        return "np.pi", CLOSED
    written = node.text or _short(node.value)
    sign, parts = "-" * written.startswith("-"), written.lstrip("+-").split("/")
    if len(parts) > 2 or not all(map(_LITERAL.fullmatch, parts)) or not _is(node.value, written):
        # What Python would read otherwise, as 1,000, stands there at full precision.
        written = repr(float(node.value)).replace("inf", "np.inf").replace("nan", "np.nan")
        return written, SIGNED if written.startswith("-") else CLOSED
    return sign + "/".join(parts), MULTIPLIED if len(parts) > 1 else SIGNED if sign else CLOSED


def _short(value: Exact) -> str:
    """The decimal that a number is, or else a fraction."""
    written = plain(value)
    if isinstance(value, Fraction) and Fraction(written) != value:
        return f"{value.numerator}/{value.denominator}"
    return written


def _is(value: Exact, written: str) -> bool:
    """Does Python read the number that is meant?"""
    top, _, bottom = written.partition("/")
    return float(Fraction(top) / Fraction(bottom or "1")) == float(value)
