"""Readings of a formula: its leaves, its value, its line of numbers, its short form."""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, assert_never

from handcalc.formula.functions import ELEMENTARY, of_each
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
    Terms,
)
from handcalc.number import Exact

# Values are floats, Fractions or, as long as no case decides, numpy arrays.
Value = Any


def leaves(formula: Formula) -> Iterator[Leaf]:
    """The symbols and partial derivatives of a formula, in written order, repeats included."""
    match formula:
        case Symbol() | Partial():
            yield formula
        case _:
            for part in parts(formula):
                yield from leaves(part)


def numbers(formula: Formula) -> Iterator[Number]:
    """The numbers that stand in a formula, in written order, repeats included."""
    match formula:
        case Number():
            yield formula
        case _:
            for part in parts(formula):
                yield from numbers(part)


def evaluate(formula: Formula, value_of: Callable[[Leaf], Value]) -> Value:
    """The value of a formula; exact as long as only + - · / and whole powers occur."""

    def product(factors: tuple[Formula, ...]) -> Value:
        """0·ln 0 is 0: behind a factor of exactly 0 nothing is looked at."""
        found = walk(factors[0])
        for factor in factors[1:]:
            if isinstance(found, int | float | Fraction) and found == 0:
                return found
            found = found * walk(factor)
        return found

    def walk(node: Formula) -> Value:
        match node:
            case Number():
                return node.value
            case Symbol() | Partial():
                return value_of(node)
            case Sum():
                return sum((walk(term) for term in node.terms[1:]), start=walk(node.terms[0]))
            case Product():
                return product(node.factors)
            case Quotient():
                return _over(walk(node.top), walk(node.bottom))
            case Power():
                return _power(walk(node.base), _whole(walk(node.exponent)))
            case Negative():
                return -walk(node.argument)
            case Call():
                return _FUNCTIONS[node.name](*(walk(argument) for argument in node.arguments))
            case Cases():
                for case in node.cases:
                    if _RELATIONS[case.relation](walk(case.left), walk(case.right)):
                        return walk(case.value)
                return walk(node.otherwise)
            case Dots() | Derivative() | Slide():
                raise ValueError("a shortened or unfinished line has no value of its own")
            case _:
                assert_never(node)

    return walk(formula)


def _over(top: Value, bottom: Value) -> Value:
    """A quotient; of exactly 0 it is exactly 0, whatever root stands below."""
    if isinstance(top, int | Fraction) and top == 0 and isinstance(bottom, float) and bottom:
        return top
    return top / bottom


def substitute(formula: Formula, replacement: Callable[[Leaf], Formula]) -> Formula:
    """The same formula with each leaf replaced, in the same order."""

    def walk(node: Formula) -> Formula:
        match node:
            case Symbol() | Partial():
                return replacement(node)
            case _:
                return with_parts(node, walk)

    return walk(formula)


def rebuilt(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The same formula with each part changed, the inner ones before those around them."""
    return change(with_parts(formula, lambda part: rebuilt(part, change)))


def with_parts(node: Formula, of: Callable[[Formula], Formula]) -> Formula:
    """The same kind of formula with other parts: each is what `of` makes of it, in the same order."""
    match node:
        case Symbol() | Partial() | Number() | Dots():
            return node
        case Sum():
            return Sum(tuple(map(of, node.terms)))
        case Product():
            return Product(tuple(map(of, node.factors)))
        case Quotient():
            return Quotient(of(node.top), of(node.bottom))
        case Power():
            return Power(of(node.base), of(node.exponent))
        case Negative():
            return Negative(of(node.argument))
        case Call():
            return Call(node.name, tuple(map(of, node.arguments)))
        case Cases():
            cases = (Case(of(c.value), of(c.left), c.relation, of(c.right)) for c in node.cases)
            return Cases(tuple(cases), of(node.otherwise))
        case Derivative():
            return Derivative(of(node.of), node.by)
        case Slide():
            return Slide(of(node.left), of(node.right), node.turned, node.full)
        case _:
            assert_never(node)


def elide(formula: Formula, most: int) -> Formula:
    """The formula with long sums cut to their first and last terms."""
    match formula:
        case Sum() if len(formula.terms) > most:
            head, tail = tuple(formula.terms[: most - 2]), tuple(formula.terms[-2:])
            hidden = len(formula.terms) - most
            return Sum(
                (*(elide(t, most) for t in head), Dots(hidden), *(elide(t, most) for t in tail))
            )
        case Sum():
            return Sum(tuple(elide(term, most) for term in formula.terms))
        case Product():
            return Product(tuple(elide(factor, most) for factor in formula.factors))
        case Quotient():
            return Quotient(elide(formula.top, most), elide(formula.bottom, most))
        case Negative():
            return Negative(elide(formula.argument, most))
        case Power():
            return Power(elide(formula.base, most), formula.exponent)
        case Call() if len(formula.arguments) > most:
            given = formula.arguments
            return Call(formula.name, (*given[: most - 2], Dots(len(given) - most), *given[-2:]))
        case _:
            return formula


def is_long(formula: Formula) -> bool:
    """Does it hold so many terms that they are made only when they are looked at?"""
    match formula:
        case Sum(terms=Terms()) | Call(arguments=Terms()):
            return True
        case Sum() | Product() | Quotient() | Negative() | Power() | Cases() | Call():
            return any(map(is_long, parts(formula)))
        case _:
            return False


def only_with(formula: Formula, leaf: Leaf) -> Formula:
    """The terms of a sum that hold the leaf: the derivative of the others by it is 0."""
    if isinstance(formula, Sum):
        kept = tuple(term for term in formula.terms if leaf in leaves(term))
        if kept:
            return kept[0] if len(kept) == 1 else Sum(kept)
    return formula


def parts(node: Formula) -> Sequence[Formula]:
    """What stands directly inside a formula."""
    match node:
        case Sum():
            return node.terms
        case Product():
            return node.factors
        case Quotient():
            return (node.top, node.bottom)
        case Power():
            return (node.base, node.exponent)
        case Negative():
            return (node.argument,)
        case Call():
            return node.arguments
        case Cases():
            return (*(p for c in node.cases for p in (c.value, c.left, c.right)), node.otherwise)
        case Derivative():
            return (node.of,)
        case Slide():
            return (node.left, node.right)
        case _:
            return ()


MOST_BITS = 100_000
"""Binary digits of a fraction up to which a power is worked out as a fraction."""


def has_too_many_bits(base: Fraction, exponent: Exact) -> bool:
    """Has the fraction base^exponent more digits than anybody works with?"""
    bits = max(abs(base.numerator), base.denominator).bit_length() - 1
    return abs(float(exponent)) * bits > MOST_BITS


def _power(base: Value, exponent: Value) -> Value:
    """A power; of a fraction a fraction too, unless that has very many digits."""
    exact = isinstance(base, int | Fraction) and isinstance(exponent, int)
    if exact and has_too_many_bits(Fraction(base), exponent):
        return float(base) ** exponent
    return base**exponent


def _whole(exponent: Value) -> Value:
    """A whole exponent as int, so that powers of fractions stay fractions."""
    if isinstance(exponent, Fraction):
        return int(exponent) if exponent.denominator == 1 else float(exponent)
    return exponent


def _elementwise(name: str) -> Callable[[Value], Value]:
    """A function for fractions, floats and arrays."""
    row = ELEMENTARY[name]

    def apply(argument: Value) -> Value:
        if isinstance(argument, int | Fraction) and argument == row.at:
            return Fraction(row.whole)
        if isinstance(argument, int | float | Fraction):
            return row.value(float(argument))
        return of_each(name, argument)

    return apply


def _extreme(scalar: Callable[..., Value], name: str) -> Callable[..., Value]:
    """The largest or the smallest of numbers or arrays."""

    def apply(*arguments: Value) -> Value:
        if all(isinstance(a, int | float | Fraction) for a in arguments):
            return scalar(arguments)
        import numpy as np

        return reduce(getattr(np, name), arguments)

    return apply


def _sqrt(argument: Value) -> Value:
    """The square root; of a square of a fraction that fraction."""
    if isinstance(argument, int | Fraction) and argument >= 0:
        whole = Fraction(argument)
        top, bottom = math.isqrt(whole.numerator), math.isqrt(whole.denominator)
        if top**2 == whole.numerator and bottom**2 == whole.denominator:
            return Fraction(top, bottom)
    if isinstance(argument, int | float | Fraction):
        return math.sqrt(argument)
    import numpy as np

    return np.sqrt(argument)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: _elementwise(name) for name in ELEMENTARY},
    "sqrt": _sqrt,
    "abs": abs,
    "max": _extreme(max, "maximum"),
    "min": _extreme(min, "minimum"),
    "floor": math.floor,
}
_RELATIONS: dict[str, Callable[[Value, Value], bool]] = {
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
}
