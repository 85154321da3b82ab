"""Formulas as people type them, read into our own tree: `o1_out(1 - o1_out)·w5`, `∂E/∂y₁₁·k₁₁`.

A list of tokens and a small grammar; nothing is handed to Python or sympy. Bounds hold before anything is
computed. What the printer of `text` writes, in Unicode or in ASCII, is read as what it was.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import e
from typing import TypeAlias

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
    absolute,
    cos,
    erf,
    exp,
    floor,
    log,
    maximum,
    minimum,
    number,
    sin,
    sqrt,
    tanh,
)

MAX_LENGTH = 8_000
MAX_TOKENS = 3_000
MAX_DEPTH = 40

Function: TypeAlias = Callable[..., Formula]
Names: TypeAlias = Callable[[str], Formula | None]
"""What stands behind a name; None where there is no such name."""


class UnreadableFormulaError(ValueError):
    """A text that is no formula; `str` says why."""


class UnknownNameError(UnreadableFormulaError):
    """A formula with a name that is not known."""


_LETTER = r"A-Za-zΑ-Ωα-ωŷℓ"
_SEAM = rf"[0-9₀-₉\])⁾][{_LETTER}]"
"""Between two names that are written as one: w1x1."""
MAX_SEAMS = 3
LONGEST_JOINED = 60
_INDEX = r"\[ ?[0-9]{1,6}(?: ?, ?[0-9]{1,6}){0,5} ?\]|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6}⁾|ⁿᵉʷ|[₀-₉]+(?:,[₀-₉]+)*"
# A hat belongs to its letter; a prime or a square before a bracket, S′[1,2] and σ²[1], to the name.
_NAME = rf"[{_LETTER}](?:[{_LETTER}0-9_\u0302\u0303]|[′²](?=\[)|{_INDEX})*(?:@[0-9]{{1,6}})?"
_SPELLINGS = str.maketrans(
    {"×": "*", "·": "*", "⋅": "*", "∙": "*", "−": "-", "–": "-", "≥": ">=", "≤": "<="}
    | {"'": "′", "’": "′", "÷": "/", "∕": "/", ":": "/", "\u00a0": " "}
)
_SPELLED = re.compile(r"[a-df-zA-Zπ√^(*·½²³⁻]|(?<![0-9.])e")
"""What is in the text of no number of digits, 1.5e-7, 2/3 or 1,309,560."""
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_HALF = Number(Fraction(1, 2), "1/2")
_RELATIONS = (">", ">=", "<", "<=")
_OTHERWISE = ("otherwise", "else")
_CONSTANTS: Mapping[str, Formula] = {
    "e": Number(e, "e"),
    "pi": PI,
    "π": PI,
}


def _sigmoid(z: Formula) -> Formula:
    return 1 / (1 + exp(-z))


def _normal(z: Formula) -> Formula:
    """Φ(z), the distribution function of the normal distribution."""
    return (1 + erf(z / sqrt(number(2)))) / 2


def _density(z: Formula) -> Formula:
    """φ(z) = Φ'(z), its density."""
    return exp(-(z**2) / 2) / sqrt(2 * PI)


FUNCTIONS: Mapping[str, Function] = {
    "exp": exp,
    "ln": log,
    "log": log,
    "log2": lambda z: log(z, "2"),
    "log₂": lambda z: log(z, "2"),
    "log10": lambda z: log(z, "10"),
    "log₁₀": lambda z: log(z, "10"),
    "sqrt": sqrt,
    "tanh": tanh,
    "tanh′": lambda z: 1 - tanh(z) ** 2,
    "sigmoid": _sigmoid,
    "sigmoid′": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "σ": _sigmoid,
    "σ′": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "relu": lambda z: maximum(number(0), z),
    "sin": sin,
    "cos": cos,
    "erf": erf,
    "Φ": _normal,
    "Φ′": _density,
    "φ": _density,
    "abs": absolute,
    "floor": floor,
    "ceil": lambda z: -floor(-z),
    "max": maximum,
    "min": minimum,
}
"""The functions that can be typed; a prime makes the derivative."""
_SEVERAL = ("max", "min")


def read(
    text: str,
    names: Names = lambda _: None,
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Formula:
    """The formula in a text; UnreadableFormulaError says what is wrong with it."""
    if len(text) > MAX_LENGTH:
        raise UnreadableFormulaError(f"has more than {MAX_LENGTH} characters")
    return _Reader(_tokens(text), names, functions).whole()


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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@cache
def _token() -> re.Pattern[str]:
    """One part of a formula; made when one is read, so that printing one costs nothing."""
    return re.compile(
        rf"(?P<number>(?:[0-9]{{1,40}}(?:\.[0-9]{{0,40}})?|\.[0-9]{{1,40}})(?:[eE][+-]?[0-9]{{1,3}})?)"
        rf"|(?P<partial>∂ ?{_NAME} ?/ ?∂ ?{_NAME})"
        rf"|(?P<name>via {_NAME}|{_NAME})"
        r"|(?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6})"
        r"|(?P<sign>\*\*|>=|<=|[-+*/^(),<>√′½|])"
    )


def _tokens(text: str) -> list[_Token]:
    """The parts of a text, blanks left out."""
    plain = re.sub(r"\s+", " ", text.translate(_SPELLINGS)).strip()
    found, place = list[_Token](), 0
    pattern = _token()
    while place < len(plain):
        if plain[place] == " ":
            place += 1
            continue
        match = pattern.match(plain, place)
        if match is None or match.lastgroup is None:
            raise UnreadableFormulaError("is no formula")
        found.append(_Token(match.lastgroup, match[0]))
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise UnreadableFormulaError(f"has more than {MAX_TOKENS} parts")
    return found


class _Reader:
    """choice = sum if sum > sum, otherwise choice; sum = product ± product; product = power · / power.

    The dot may be left out; power = atom ^ signed, atom²; atom = number, name, function(…), √atom, (choice).
    """

    def __init__(
        self, tokens: list[_Token], names: Names, functions: Mapping[str, Function]
    ) -> None:
        self.tokens, self.names, self.functions = tokens, names, functions
        self.place, self.depth = 0, 0

    def whole(self) -> Formula:
        found = self.choice()
        if self.place < len(self.tokens):
            raise UnreadableFormulaError("is no formula")
        return found

    # --- tokens -----------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> _Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else _Token("end", "")

    def next_is(self, *texts: str, kind: str = "sign") -> bool:
        return self.peek().kind == kind and self.peek().text in texts

    def take(self) -> _Token:
        if self.peek().kind == "end":
            raise UnreadableFormulaError("ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, text: str, said: str) -> None:
        if not self.next_is(text):
            raise UnreadableFormulaError(said)
        self.take()

    def deeper(self, what: str) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableFormulaError(f"has {what} nested too deeply")

    # --- the grammar ------------------------------------------------------------------------------

    def choice(self) -> Formula:
        """`1 if z > 0, otherwise 0.01`: the first case that holds."""
        self.deeper("brackets")
        value, cases = self.sum(), list[Case]()
        while self.next_is("if", kind="name"):
            self.take()
            left = self.sum()
            if not self.next_is(*_RELATIONS):
                raise UnreadableFormulaError("has a condition without > or <")
            relation = self.take().text
            cases.append(Case(value, left, relation, self.sum()))
            if self.next_is(","):
                self.take()
            if self.next_is(*_OTHERWISE, kind="name"):
                self.take()
                value = self.choice()
                break
            value = self.sum()
        else:
            if cases:
                raise UnreadableFormulaError("has cases without an otherwise")
        self.depth -= 1
        return Cases(tuple(cases), value) if cases else value

    def sum(self) -> Formula:
        terms = [self.product()]
        while self.next_is("+", "-"):
            minus = self.take().text == "-"
            term = self.product()
            terms.append(Negative(term) if minus else term)
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Formula:
        factors, fractions = [self.signed()], 0
        while self.peek().kind != "end":
            if self.next_is("*"):
                self.take()
                factors.append(self.signed())
            elif self.next_is("/"):
                self.take()
                factors = [Quotient(_product(factors), self.signed())]
                fractions += 1
                if fractions > MAX_DEPTH:
                    raise UnreadableFormulaError("has fractions nested too deeply")
            elif self.begins_factor():
                factors.append(self.power())
            else:
                break
        return _product(factors)

    def begins_factor(self) -> bool:
        """Does a factor follow without a dot?"""
        match self.peek().kind:
            case "name":
                return self.peek().text not in ("if", *_OTHERWISE)
            case "number":
                # 1.2.3 and 1 1/2 are no products.
                return self.tokens[self.place - 1].kind != "number"
            case kind:
                return kind == "partial" or self.next_is("(", "√", "½")

    def signed(self) -> Formula:
        minus = False
        while self.next_is("+", "-"):
            minus ^= self.take().text == "-"
        factor = self.power()
        return Negative(factor) if minus else factor

    def power(self) -> Formula:
        base = self.atom()
        if self.peek().kind == "raised":
            return Power(base, number(Fraction(self.take().text.translate(_PLAIN))))
        if not self.next_is("^", "**"):
            return base
        self.take()
        self.deeper("powers")
        exponent = self.signed()
        self.depth -= 1
        is_exp = isinstance(base, Number) and base.text == "e"
        return exp(exponent) if is_exp else Power(base, exponent)

    def atom(self) -> Formula:
        token = self.take()
        match token.kind:
            case "number":
                return Number(Fraction(token.text), token.text)
            case "partial":
                return self.known(re.sub(r"\s", "", token.text))
            case "name":
                return self.named(token.text)
            case "sign" if token.text == "½":
                return _HALF
            case "sign" if token.text == "√":
                return self.root()
            case "sign" if token.text == "(":
                found = self.choice()
                self.expect(")", "has a bracket that is not closed")
                return found
            case "sign" if token.text == "|":
                found = self.choice()
                self.expect("|", "has bars that are not closed")
                return absolute(found)
        raise UnreadableFormulaError("is no formula")

    def root(self) -> Formula:
        """√2 and √v1 need no brackets; √(a + b) does."""
        self.deeper("roots")
        found = sqrt(self.atom())
        self.depth -= 1
        return found

    def named(self, name: str) -> Formula:
        prime = self.next_is("′")
        word = (name.lower() if name.isascii() else name) + "′" * prime
        if self.peek(int(prime)).text == "(" and word in self.functions:
            self.place += prime
            return self.called(word)
        other = self.peek(1)
        if self.next_is("/") and other.kind == "name" and name[0] == other.text[0] == "d":
            # dE/dw5, unless these are two names that begin with d.
            slope = self.names(f"∂{name[1:]}/∂{other.text[1:]}")
            if slope is not None:
                self.place += 2
                return slope
        return self.known(name)

    def known(self, name: str) -> Formula:
        found = self.find(name)
        if found is None:
            found, rest = self.apart(name)
            # What is written without a dot, w1x1, goes on with the next factor: x1² is the square of x1.
            self.place -= 1
            self.tokens[self.place] = _Token("name", rest)
        return found

    def find(self, name: str) -> Formula | None:
        found = self.names(name)
        return _CONSTANTS.get(name) if found is None else found

    def apart(self, name: str) -> tuple[Formula, str]:
        """The first of several names that are written as one, and the others, if there is one way to read them."""
        ways = []
        for place in range(1, min(len(name), LONGEST_JOINED)):
            if re.match(_SEAM, name[place - 1 : place + 1]):
                first, rest = self.find(name[:place]), name[place:]
                if first is not None and self.can_be_read(rest, MAX_SEAMS):
                    ways.append((first, rest))
        if len(ways) != 1:
            raise UnknownNameError(f"names {name[:40]}, which there is not")
        return ways[0]

    def can_be_read(self, name: str, seams: int) -> bool:
        """Is it a name, or several written as one?"""
        if self.find(name) is not None:
            return True
        return (
            seams > 0
            and len(name) < LONGEST_JOINED
            and any(
                self.find(name[:place]) is not None and self.can_be_read(name[place:], seams - 1)
                for place in range(1, len(name))
                if re.match(_SEAM, name[place - 1 : place + 1])
            )
        )

    def called(self, word: str) -> Formula:
        self.take()
        self.deeper("functions")
        several = word in _SEVERAL
        arguments = [self.sum() if several else self.choice()]
        while self.next_is(",") and several:
            self.take()
            arguments.append(self.sum())
        self.expect(")", "has a bracket that is not closed")
        self.depth -= 1
        return self.functions[word](*arguments)


def _product(factors: list[Formula]) -> Formula:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
