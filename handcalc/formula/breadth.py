"""How wide a formula is when it is set in type, in widths of a digit: where a line of paper breaks.

An estimate, a little too wide rather than too narrow: fractions stand upright, indices are small.
"""

from typing import assert_never

from handcalc.formula.reader import meant
from handcalc.formula.tree import (
    Call,
    Cases,
    Derivative,
    Dots,
    Formula,
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
from handcalc.number import plain

SMALL = 0.75
"""An index or an exponent beside what stands on the line."""
SIGN, DOT, BRACKETS, SIDE = 2.5, 1.5, 2.0, 0.6
"""A plus or an equals sign with the blanks around it, a dot, a pair of brackets, the ends of a fraction bar."""
CAPITAL = 1.8
CONDITIONS = 6.0
"""The brace before cases, and what stands between them and their conditions."""


def breadth(formula: Formula) -> float:
    """The width of a formula."""
    match formula:
        case Number():
            inner = meant(formula)
            return _number(formula) if inner is formula else breadth(inner)
        case Symbol():
            return _symbol(formula)
        case Partial():
            via = 0.0 if formula.via is None else BRACKETS + 1 + SMALL * _symbol(formula.via)
            return 1.2 + max(_symbol(formula.of), _symbol(formula.by)) + SIDE + via
        case Sum():
            return sum(map(_within, formula.terms)) + SIGN * (len(formula.terms) - 1)
        case Product():
            return sum(map(_within, formula.factors)) + DOT * (len(formula.factors) - 1)
        case Quotient():
            return max(breadth(formula.top), breadth(formula.bottom)) + SIDE
        case Power():
            return _within(formula.base) + SMALL * breadth(formula.exponent)
        case Negative():
            return 1.5 + _within(formula.argument)
        case Call():
            inside = sum(map(breadth, formula.arguments)) + len(formula.arguments) - 1
            return 1 + SMALL * inside if formula.name == "exp" else _name(formula.name) + inside
        case Cases():
            values = [*(case.value for case in formula.cases), formula.otherwise]
            sides = [breadth(case.left) + breadth(case.right) + SIGN for case in formula.cases]
            return CONDITIONS + max(map(breadth, values)) + max([9.0, *sides])
        case Derivative():
            return 2.5 + _symbol(formula.by) + BRACKETS + breadth(formula.of)
        case Dots():
            return 3.0
        case Slide():
            return breadth(formula.left) + breadth(formula.right) + SIGN + 2 * formula.full
        case _:
            assert_never(formula)


def tall(formula: Formula) -> bool:
    """Does it stand higher than a line of text: a fraction, or cases?"""
    match formula:
        case Number():
            return "/" in (formula.text or "") or (
                meant(formula) is not formula and tall(meant(formula))
            )
        case Partial() | Quotient() | Cases() | Derivative():
            return True
        case Sum():
            return any(map(tall, formula.terms))
        case Product():
            return any(map(tall, formula.factors))
        case Power():
            return tall(formula.base)
        case Negative():
            return tall(formula.argument)
        case Call():
            return formula.name != "exp" and any(map(tall, formula.arguments))
        case Symbol() | Dots() | Slide():
            return False
        case _:
            assert_never(formula)


def _number(node: Number) -> float:
    written = node.text if node.text is not None else plain(node.value)
    mantissa, e, exponent = written.partition("e")
    if e and mantissa:
        return _digits(mantissa) + DOT + 2 + SMALL * _digits(exponent)
    top, slash, bottom = written.partition("/")
    return max(_digits(top), _digits(bottom)) + SIDE if slash else _digits(written)


def _digits(written: str) -> float:
    return len(written) + 0.6 * written.count("-") - 0.4 * written.count(".")


def _symbol(node: Symbol) -> float:
    sample = 3 if node.sample is not None else 0
    base = sum(CAPITAL if c.isupper() else 1.2 for c in node.base if c != "\u0302")
    return base + SMALL * max(len(node.sub), len(node.sup) + sample)


def _within(node: Formula) -> float:
    """As a part of a sum, a product or a power, where it may stand in brackets."""
    inner = meant(node)
    negative = isinstance(inner, Number) and _written(inner).startswith("-")
    loose = isinstance(inner, Sum | Cases | Negative) or negative
    return breadth(node) + BRACKETS * loose


def _written(node: Number) -> str:
    return node.text if node.text is not None else plain(node.value)


def _name(name: str) -> float:
    return BRACKETS if name in ("sqrt", "floor", "abs") else len(name) + BRACKETS
