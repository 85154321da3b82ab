"""The parts of a formula without names: numbers as they are typed, within bounds."""

import math
from fractions import Fraction

from handcalc.formula import Number, evaluate
from handcalc.formula.functions import TYPED
from handcalc.formula.reader import of_part
from handcalc.formula.syntax import Part
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.formula.walk import has_too_many_bits
from handcalc.number import Exact
from handcalc.operations._handle import Handle
from handcalc.operations.constant import Constant

LARGEST_POWER = 1_000
MOST_DIGITS = 300
"""Digits of a whole number that floats can still hold."""


def constant(part: Part) -> Handle | None:
    """A part without names: a number as it is typed, within bounds."""
    if not _is_constant(part):
        return None
    if abs(float(_value(part))) > 10.0**MOST_DIGITS:
        raise UnreadableFormulaError("has a number beyond 1e300; write a smaller one", part.place)
    return Constant(formula=of_part(part))()


def _is_constant(part: Part) -> bool:
    if part.kind in ("name", "matmul", "transpose", "at", "relation", "cases"):
        return False
    if part.kind == "call" and part.text not in TYPED:
        return False
    return all(map(_is_constant, part.parts))


def _value(part: Part) -> Exact:
    """The number, each part of it worked out once, from the numbers of its own parts."""
    values = [_value(inner) for inner in part.parts]
    if part.kind == "power":
        _bounded(part, *values)
    letters = [str(place) for place in range(len(values))]
    named = tuple(Part("name", part.place, letter) for letter in letters)
    numbers = dict(zip(letters, map(Number, values), strict=True))
    formula = of_part(Part(part.kind, part.place, part.text, named), numbers.get)
    try:
        found: Exact = evaluate(formula, lambda _: 0)
        whole = float(found)
    except (ArithmeticError, TypeError, ValueError):  # TypeError: it is complex
        whole = math.nan
    if not math.isfinite(whole):
        said = "has a number without a value; write another"
        raise UnreadableFormulaError(said, part.place)
    return found


def _bounded(part: Part, base: Exact, exponent: Exact) -> None:
    """No power is worked out that is too large, 9^9^9^9, or has too many digits, (1 + 1/9^9)^1000."""
    if abs(float(exponent)) > LARGEST_POWER:
        said = f"has a power beyond {LARGEST_POWER}; write a smaller one"
        raise UnreadableFormulaError(said, part.place)
    if abs(float(exponent)) * _digits(base) > MOST_DIGITS:
        said = f"has a power with more than {MOST_DIGITS} digits; write a smaller one"
        raise UnreadableFormulaError(said, part.place)
    if isinstance(base, Fraction) and has_too_many_bits(base, exponent):
        said = "has a power of a number with many digits; write the number rounded"
        raise UnreadableFormulaError(said, part.place)


def _digits(base: Exact) -> float:
    """How many digits |base| has before the point, or zeros behind it."""
    return abs(math.log10(abs(float(base)))) if base else 0.0
