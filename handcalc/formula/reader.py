"""Formulas as people type them, read into our own tree: `o1_out(1 - o1_out)·w5`, `∂E/∂y₁₁·k₁₁`.

What the printer of `text` writes, in Unicode or in ASCII, is read as what it was.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import e
from typing import TypeAlias, assert_never

from handcalc.formula.functions import TYPED, Typed
from handcalc.formula.syntax import Part, parse
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.formula.tree import (
    PI,
    Case,
    Cases,
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)

Function: TypeAlias = Callable[[Formula], Formula]
Names: TypeAlias = Callable[[str], Formula | None]
"""What stands behind a name; None where there is no such name."""

_SPELLED = re.compile(r"[a-df-zA-Zπ√^(*·½²³⁻]|(?<![0-9.])e")
"""What is in the text of no number of digits, 1.5e-7, 2/3 or 1,309,560."""
_CONSTANTS: Mapping[str, Formula] = {"e": Number(e, "e"), "pi": PI, "π": PI}


def read(
    text: str,
    names: Names = lambda _: None,
    functions: Mapping[str, Typed] = TYPED,
) -> Formula:
    """The formula in a text; UnreadableFormulaError says what is wrong with it."""
    tree = parse(text, lambda name: names(name) is not None, functions)
    return _Meaning(names, functions).of(tree)


def of_part(part: Part, names: Names = lambda _: None) -> Formula:
    """What a part says; unless its names are told, one without names."""
    return _Meaning(names, TYPED).of(part)


def wrong_count(part: Part, wanted: int) -> UnreadableFormulaError:
    """What is said of a function that is given too many values, or too few."""
    given = len(part.parts)
    said = f"gives {part.text} {given} value{'s' * (given > 1)}"
    example = ", ".join("xyz"[:wanted])
    return UnreadableFormulaError(f"{said}; write {part.text}({example})", part.place)


def meant(node: Formula) -> Formula:
    """Of a number that is written as a formula, √2/2 or 1 - √2, that formula; all else as it is.

    Digits, with a fraction bar, or thousands apart, are a number and nothing more.
    """
    if not isinstance(node, Number) or node.text is None or not _SPELLED.search(node.text):
        return node
    try:
        inner = read(node.text)
    except UnreadableFormulaError:
        return node
    return node if isinstance(inner, Number) else inner


class _Meaning:
    """Each part of the text as a formula of numbers; there are no arrays here."""

    def __init__(self, names: Names, functions: Mapping[str, Typed]) -> None:
        self.names, self.functions = names, functions

    def of(self, part: Part) -> Formula:
        match part.kind:
            case "number":
                return Number(Fraction(part.text), part.text)
            case "half":
                return Number(Fraction(1, 2), "1/2")
            case "constant":
                return _CONSTANTS[part.text]
            case "name":
                found = self.names(part.text)
                assert found is not None
                return found
            case "sum":
                return Sum(self.all(part))
            case "product":
                return Product(self.all(part))
            case "quotient":
                return Quotient(*self.all(part))
            case "power":
                return Power(*self.all(part))
            case "negative":
                return Negative(*self.all(part))
            case "call":
                return self.called(part)
            case "cases":
                *cases, otherwise = part.parts
                return Cases(
                    tuple(self.case(*cases[i : i + 2]) for i in range(0, len(cases), 2)),
                    self.of(otherwise),
                )
            case "matmul" | "transpose" | "at" | "relation":
                raise UnreadableFormulaError(
                    "works with arrays here; write single numbers", part.place
                )
            case _:
                assert_never(part.kind)

    def all(self, part: Part) -> tuple[Formula, ...]:
        return tuple(map(self.of, part.parts))

    def case(self, value: Part, condition: Part) -> Case:
        left, right = self.all(condition)
        return Case(self.of(value), left, condition.text, right)

    def called(self, part: Part) -> Formula:
        function = self.functions[part.text]
        count = len(part.parts)
        if count != function.arguments and not (function.several and count > function.arguments):
            raise wrong_count(part, function.arguments)
        return function.of(*self.all(part))
