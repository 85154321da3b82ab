"""sympy's reading of a formula: who differentiates and who proves.

Nothing typed by anyone reaches sympy as text; only trees are turned into its objects.
"""

import functools
import operator
import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import nan
from typing import Any, assert_never

import sympy

from handcalc.formula.functions import ELEMENTARY, sympy_erf
from handcalc.formula.text import text
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
from handcalc.formula.walk import has_too_many_bits, leaves, only_with, substitute
from handcalc.number import Exact

DIGITS = 30
POINTS = 100
"""Points at which the cases of a formula are looked for."""
MANY_DIGITS = 80
MOST_DIGITS = 500
"""Digits to which a number is worked out that may be 0."""
Expression = Any  # sympy ships no types


def to_sympy(formula: Formula, leaf: Callable[[Leaf], Expression]) -> Expression:
    """The formula as a sympy expression, with `leaf` deciding what stands for its symbols."""

    def walk(node: Formula) -> Expression:
        match node:
            case Number():
                # The letter is the number itself, and not the float next to it.
                return sympy.pi if node.text == "π" else _number(node.value)
            case Symbol() | Partial():
                return leaf(node)
            case Sum():
                return _reduce(operator.add, sympy.Add, [walk(term) for term in node.terms])
            case Product():
                factors = [walk(factor) for factor in node.factors]
                # 0·ln 0 is 0, as everywhere in this package.
                zero = any(factor.is_zero for factor in factors)
                return sympy.S.Zero if zero else _reduce(operator.mul, sympy.Mul, factors)
            case Quotient():
                return walk(node.top) / walk(node.bottom)
            case Power():
                return _power(walk(node.base), walk(node.exponent))
            case Negative():
                return -walk(node.argument)
            case Call():
                return _call(node.name, *map(walk, node.arguments))
            case Cases():
                pairs = [
                    (walk(c.value), sympy.Rel(walk(c.left), walk(c.right), c.relation))
                    for c in node.cases
                ]
                return sympy.Piecewise(*pairs, (walk(node.otherwise), True))
            case Derivative():
                return sympy.diff(walk(node.of), leaf(node.by))
            case Dots() | Slide():
                raise ValueError("a shortened line has no value of its own")
            case _:
                assert_never(node)

    return walk(formula)


def numeric(formula: Formula, value_of: Callable[[Leaf], float]) -> float:
    """The value sympy gives for a formula, carried with 30 digits."""
    return _to_float(to_sympy(formula, lambda leaf: sympy.Float(value_of(leaf), DIGITS)))


def precise(formula: Formula, value_of: Callable[[Leaf], Expression]) -> Expression:
    """The value with 80 digits; a fraction as long as only + - · / and comparisons occur."""
    found = to_sympy(formula, value_of)
    return found if found.is_Rational else found.evalf(MANY_DIGITS)


def exactly(value: Exact) -> Expression:
    """A number as the fraction it is, floats included."""
    return sympy.Rational(*value.as_integer_ratio())


def is_zero(value: Expression) -> bool | None:
    """Is a number without letters exactly 0? None where its digits do not decide it."""
    if value.is_Rational:
        return bool(value == 0)
    digits = value.evalf(15, maxn=MOST_DIGITS)
    certain = digits.is_Float and digits._prec > 1 and digits != 0  # noqa: SLF001  # 1: no digit is
    return False if certain else None


def digits(value: Expression, places: int) -> Fraction | None:
    """A number without letters to so many digits; None where it is none, or where they do not suffice."""
    found = value if value.is_Rational else value.evalf(places, maxn=places + MOST_DIGITS)
    if not (found.is_Rational or found.is_Float):
        return None
    return Fraction(str(found)) if found.is_finite else None


def derivative_at(formula: Formula, by: Leaf, value_of: Callable[[Leaf], float]) -> float:
    """The value of sympy's derivative of a formula by one of its leaves.

    Terms without the leaf are dropped first. The derivative is taken once for each form of
    formula, in opaque symbols, and then evaluated.
    """
    relevant = only_with(formula, by)
    order = list(dict.fromkeys(leaves(relevant)))
    if by not in order:
        return 0.0
    names = {leaf: Symbol(f"s{i}", f"s{i}") for i, leaf in enumerate(order)}
    opaque = substitute(relevant, names.__getitem__)
    derivative = _derivative(opaque, names[by].key)
    numbers = {opaque_symbol(names[leaf]): sympy.Float(value_of(leaf), DIGITS) for leaf in order}
    return _to_float(derivative.xreplace(numbers))


def opaque_symbol(leaf: Leaf) -> Expression:
    """The sympy symbol of a leaf: real, named by its key."""
    return sympy.Symbol(leaf.key, real=True)


@cache
def _derivative(formula: Formula, key: str) -> Expression:
    return sympy.diff(to_sympy(formula, opaque_symbol), sympy.Symbol(key, real=True))


def equal(a: Formula, b: Formula) -> bool:
    """Does sympy prove that two formulas are the same?"""
    return _is_zero(to_sympy(a, opaque_symbol) - to_sympy(b, opaque_symbol))


def is_derivative(claim: Formula, of: Formula, by: Leaf) -> bool:
    """Does sympy prove that the claim is the derivative of a formula?

    Where there are cases, in each of them; at a corner, where two of them meet, there is none.
    """
    found = sympy.diff(to_sympy(of, opaque_symbol), opaque_symbol(by))
    difference = found - to_sympy(claim, opaque_symbol)
    if difference.has(sympy.Piecewise, sympy.Abs, sympy.sign):
        return all(map(_is_zero, _in_each_case(difference)))
    return _is_zero(difference)


def _in_each_case(difference: Expression) -> set[Expression]:
    """What is left of a formula where its conditions hold: so many points lead to all of its cases."""
    draw, found = random.Random(0), set()  # noqa: S311  # not for secrets
    symbols = sorted(difference.free_symbols, key=str)
    for _ in range(POINTS):
        point = {symbol: sympy.Rational(draw.randint(-2000, 2000), 997) for symbol in symbols}
        found.add(_at(difference, point))
    return found


def _at(node: Expression, point: dict[Expression, Expression]) -> Expression:
    """The formula of the case that a point lies in."""
    if isinstance(node, sympy.Piecewise):
        holds = (value for value, condition in node.args if condition.xreplace(point) == True)  # noqa: E712  # sympy's own true
        return _at(next(holds), point)
    if isinstance(node, sympy.Abs | sympy.sign):
        sign = sympy.Integer(1 if node.args[0].xreplace(point) > 0 else -1)
        return sign if isinstance(node, sympy.sign) else sign * _at(node.args[0], point)
    return node.func(*(_at(part, point) for part in node.args)) if node.args else node


def _is_zero(difference: Expression) -> bool:
    """Proved by sympy; hyperbolic functions and exponentials only meet when both are exponentials."""
    return bool(
        difference == 0
        or sympy.simplify(difference) == 0
        or sympy.simplify(difference.rewrite(sympy.exp)) == 0
        or _is_zero_piece_by_piece(difference)
    )


def _is_zero_piece_by_piece(difference: Expression) -> bool:
    """Of cases in one letter each is looked at where it counts: many of them hold nowhere."""
    if len(difference.free_symbols) != 1 or not difference.has(sympy.Piecewise):
        return False
    cases = sympy.piecewise_fold(difference.rewrite(sympy.Piecewise))
    if not isinstance(cases, sympy.Piecewise):
        return bool(sympy.simplify(cases) == 0)
    try:
        pieces = cases.as_expr_set_pairs()
    except NotImplementedError:
        return False
    (letter,) = difference.free_symbols
    for piece, where in pieces:
        # A single point is looked at by its number.
        points = where.args if isinstance(where, sympy.FiniteSet) else (letter,)
        if any(sympy.simplify(piece.xreplace({letter: point})) != 0 for point in points):
            return False
    return True


def sympy_says(of: Formula, by: Leaf) -> str:
    """Sympy's own derivative, in its own order, as evidence in a worked derivation."""
    return str(
        sympy.diff(
            to_sympy(of, lambda leaf: sympy.Symbol(text(leaf), real=True)),
            sympy.Symbol(text(by), real=True),
        )
    )


def _reduce(
    combine: Callable[[Expression, Expression], Expression],
    whole: Expression,
    parts: list[Expression],
) -> Expression:
    """Numbers one after the other, which is much faster; anything else as one expression."""
    if all(part.is_Float or part.is_Rational for part in parts):
        return functools.reduce(combine, parts)
    return whole(*parts)


def _power(base: Expression, exponent: Expression) -> Expression:
    """A power; of a fraction a fraction too, unless that has very many digits."""
    exact = base.is_Rational and exponent.is_Integer
    if exact and has_too_many_bits(Fraction(int(base.p), int(base.q)), int(exponent)):
        return base.evalf(MANY_DIGITS) ** exponent
    return base**exponent


def _number(value: Exact) -> Expression:
    if isinstance(value, float):
        return sympy.Float(value, DIGITS)
    return sympy.Rational(value.numerator, value.denominator)


def _call(name: str, *arguments: Expression) -> Expression:
    match name:
        case "floor":
            return sympy.floor(*arguments)
        case "abs":
            return sympy.Abs(*arguments)
        case "max" | "min":
            # Piecewise, not Max: its derivative is a case distinction, not a Heaviside function.
            return _extreme(name, arguments)
        case _ if name in ELEMENTARY:
            return ELEMENTARY[name].sympy(sympy, *arguments)
        case _:
            raise ValueError(f"no function named {name}")


def _extreme(name: str, arguments: tuple[Expression, ...]) -> Expression:
    """The one that counts, of equal ones the first."""
    if len(arguments) <= 2 or all(argument.is_number for argument in arguments):
        beyond = operator.gt if name == "max" else operator.lt
        return functools.reduce(
            lambda first, second: sympy.Piecewise((second, beyond(second, first)), (first, True)),
            arguments,
        )
    return (_Largest if name == "max" else _Smallest)(*arguments)


class _Largest(sympy.Function):  # type: ignore[misc]  # sympy ships no types
    """The largest of three or more; cases inside of cases would double with every one of them."""

    reaches: Any = sympy.Ge

    def __new__(cls, *arguments: Expression, **options: Any) -> Expression:
        """Of numbers the one that counts, at once."""
        if all(argument.is_number for argument in arguments):
            return (max if cls.reaches is sympy.Ge else min)(arguments)
        return super().__new__(cls, *arguments, **options)

    def fdiff(self, argindex: int = 1) -> Expression:
        """1 where it is the one that counts, which of equal ones is the first."""
        own = self.args[argindex - 1]
        above = type(self).reaches
        before = [sympy.Not(above(a, own)) for a in self.args[: argindex - 1]]
        behind = [above(own, a) for a in self.args[argindex:]]
        return sympy.Piecewise((1, sympy.And(*before, *behind)), (0, True))

    def _eval_rewrite_as_Piecewise(self, *arguments: Expression, **_: Any) -> Expression:  # noqa: N802  # sympy's name
        cases = [
            (one, sympy.And(*(type(self).reaches(one, other) for other in arguments[i + 1 :])))
            for i, one in enumerate(arguments[:-1])
        ]
        return sympy.Piecewise(*cases, (arguments[-1], True))


class _Smallest(_Largest):
    """The smallest of three or more."""

    reaches: Any = sympy.Le


def _to_float(expression: Expression) -> float:
    if expression.has(sympy.erf):
        expression = expression.replace(sympy.erf, lambda z: sympy_erf(sympy, z))
    found = expression.evalf(DIGITS)
    return float(found) if found.is_extended_real else nan
