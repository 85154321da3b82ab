"""Numbers as people write them: `0.10`, `3/4`, and formulas without names, `√2/2`, `2^-3`, `π/4`.

A value is a fraction as long as it is one; the others are floats, with their text beside them.
"""

import math
import re
from fractions import Fraction
from functools import lru_cache, reduce
from operator import add, mul

from handcalc.formula import (
    Call,
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    evaluate,
)
from handcalc.formula.reader import read
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.number import MAX_LENGTH, Exact, parse

MOST_BITS = 1_000
"""Of the power of a fraction; beyond it floats do."""
# What stands in a formula and in no number: a root, a power, a function, brackets.
_SIGNS = re.compile(r"[A-Za-zπ√^(*·×½²³⁻]")


def value_of(text: str) -> Exact:
    """The value of a number as typed; ValueError says what to write instead."""
    try:
        return parse(text)
    except ValueError:
        if len(text) > MAX_LENGTH or not _SIGNS.search(text):
            raise
        found = _constant(text)
        if found is None:
            raise
        return found


@lru_cache(maxsize=4_096)
def _constant(text: str) -> Exact | None:
    """The value of a formula without names; None where it is none or has no value."""
    try:
        formula = read(text)
        if isinstance(formula, Number) and formula.text == text and text != "e":
            return None
        found = _value(formula)
    except (UnreadableFormulaError, ArithmeticError, ValueError):
        return None
    return found if -1e308 < found < 1e308 else None


def _value(formula: Formula) -> Exact:
    match formula:
        case Number():
            return formula.value
        case Negative():
            return -_value(formula.argument)
        case Sum():
            total: Exact = reduce(add, map(_value, formula.terms))
            return total
        case Product():
            product: Exact = reduce(mul, map(_value, formula.factors))
            return product
        case Quotient():
            return _value(formula.top) / _value(formula.bottom)
        case Power():
            return _power(_value(formula.base), _value(formula.exponent))
        case Call():
            arguments = tuple(Number(_value(argument)) for argument in formula.arguments)
            found: Exact = evaluate(Call(formula.name, arguments), lambda _: math.nan)
            return Fraction(found) if isinstance(found, int) else found
        case _:
            raise UnreadableFormulaError("is no number")


def _power(base: Exact, exponent: Exact) -> Exact:
    """A fraction to a whole power is a fraction, as long as it is not too long a one."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) <= MOST_BITS:
            return Fraction(base ** int(exponent))
    return math.pow(base, exponent)
