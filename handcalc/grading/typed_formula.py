"""A formula as somebody types it, `o1_out(1 - o1_out)·w5`, as a function of its names.

A list of tokens and a small grammar; nothing is handed to Python or sympy. Bounds hold before anything is
computed, and powers are those of floats, which cannot grow without end.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handcalc.grading.answer import UnreadableError

MAX_LENGTH = 600
MAX_TOKENS = 300
MAX_DEPTH = 40

Evaluate = Callable[[Mapping[str, float]], float]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,3})?|\.[0-9]{1,20})"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\[[0-9]{1,6}(?:,[0-9]{1,6})*\])?)"
    r"|(?P<sign>\*\*|[-+*/^(),]))",
    re.ASCII,
)
_SPELLINGS = str.maketrans(
    {"·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-", "η": "eta", "α": "alpha"}
)
_SQUARES = {"²": "^2", "³": "^3", "½": "(1/2)", "σ": "sigmoid", "√": "sqrt"}
# √2 and √v1 need no brackets on paper.
_BARE_ROOT = re.compile(r"√\s*([0-9][0-9.]*|[A-Za-z][A-Za-z0-9_]*(?:\[[0-9,]+\])?)", re.ASCII)

_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "ln": math.log,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "relu": lambda z: max(z, 0.0),
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "max": max,
    "min": min,
}
_SEVERAL = ("max", "min")
_CONSTANTS = {"e": math.e, "pi": math.pi}


@dataclass(frozen=True)
class TypedFormula:
    """A formula that was typed: the names in it, and its value for numbers in their places."""

    names: frozenset[str]
    evaluate: Evaluate

    def at(self, numbers: Mapping[str, float]) -> float:
        """The value; nan where there is none."""
        try:
            return float(self.evaluate(numbers))
        except (ArithmeticError, ValueError, TypeError):
            return math.nan


def parse(text: str) -> TypedFormula:
    """The formula in a text; UnreadableError says what is wrong with it."""
    if len(text) > MAX_LENGTH:
        raise UnreadableError(f"has more than {MAX_LENGTH} characters")
    plain = _BARE_ROOT.sub(r"sqrt(\1)", text.translate(_SPELLINGS))
    for special, spelled in _SQUARES.items():
        plain = plain.replace(special, spelled)
    return _Reader(_tokens(plain)).read()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise UnreadableError("is no formula")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise UnreadableError(f"has more than {MAX_TOKENS} parts")
    return found


class _Reader:
    """sum = product ± product; product = power · / power, the dot may be left out; power = atom ^ power."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0
        self.names: set[str] = set()

    def read(self) -> TypedFormula:
        found = self.sum()
        if self.place < len(self.tokens):
            raise UnreadableError("is no formula")
        return TypedFormula(frozenset(self.names), found)

    def next_is(self, *signs: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place] in {
            ("sign", sign) for sign in signs
        }

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise UnreadableError("ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> Evaluate:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError("has brackets nested too deeply")
        found = self.product()
        while self.next_is("+", "-"):
            sign, before, term = self.take()[1], found, self.product()
            found = _joined(sign, before, term)
        self.depth -= 1
        return found

    def product(self) -> Evaluate:
        found = self.signed()
        while self.place < len(self.tokens):
            if self.next_is("*", "/"):
                sign, before, factor = self.take()[1], found, self.signed()
            elif self.tokens[self.place][0] != "sign" or self.next_is("("):
                sign, before, factor = "*", found, self.power()
            else:
                break
            found = _joined(sign, before, factor)
        return found

    def signed(self) -> Evaluate:
        signs = 1
        while self.next_is("+", "-"):
            signs *= -1 if self.take()[1] == "-" else 1
        factor = self.power()
        return factor if signs > 0 else lambda numbers: -factor(numbers)

    def power(self) -> Evaluate:
        base = self.atom()
        if not self.next_is("^", "**"):
            return base
        self.take()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError("has powers nested too deeply")
        exponent = self.signed()
        self.depth -= 1
        return lambda numbers: math.pow(base(numbers), exponent(numbers))

    def atom(self) -> Evaluate:
        kind, text = self.take()
        if kind == "number":
            value = float(text)
            return lambda _: value
        if kind == "name":
            return self.named(text)
        if text != "(":
            raise UnreadableError("is no formula")
        found = self.sum()
        self.closed()
        return found

    def named(self, name: str) -> Evaluate:
        function = _FUNCTIONS.get(name.lower()) if self.next_is("(") else None
        if function is None and name in _CONSTANTS:
            value = _CONSTANTS[name]
            return lambda _: value
        if function is None:
            self.names.add(name)
            return lambda numbers: numbers[name]
        self.take()
        arguments = [self.sum()]
        while self.next_is(",") and name.lower() in _SEVERAL:
            self.take()
            arguments.append(self.sum())
        self.closed()
        return lambda numbers: function(*(argument(numbers) for argument in arguments))

    def closed(self) -> None:
        if not self.next_is(")"):
            raise UnreadableError("has a bracket that is not closed")
        self.take()


def _joined(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    match sign:
        case "+":
            return lambda numbers: left(numbers) + right(numbers)
        case "-":
            return lambda numbers: left(numbers) - right(numbers)
        case "*":
            return lambda numbers: left(numbers) * right(numbers)
        case _:
            return lambda numbers: left(numbers) / right(numbers)
