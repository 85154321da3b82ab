"""What a typed formula says, before anything has a meaning: a tree of its parts with their places.

A list of tokens and precedence climbing; nothing is handed to Python or sympy, and bounds hold before anything is
computed. `reader` makes a formula of it, `operations/_typed` what a network is made of.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from handcalc.formula.tokens import (
    LETTER,
    NoBracketsError,
    Token,
    UnknownNameError,
    UnreadableFormulaError,
    tokens,
)

MAX_DEPTH = 40
MAX_SEAMS = 3
LONGEST_JOINED = 60
_BEHIND, _LETTER = re.compile(r"[0-9₀-₉\])⁾]"), re.compile(rf"[{LETTER}]")
CONSTANTS = ("e", "pi", "π")
_RELATIONS = (">", ">=", "<", "<=")
_OTHERWISE = ("otherwise", "else")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

Kind: TypeAlias = Literal[
    "number",  # text: the digits
    "half",  # ½
    "constant",  # text: e, π
    "name",  # text: the name
    "call",  # text: the function
    "sum",
    "product",  # text: · or *
    "quotient",
    "power",
    "negative",
    "matmul",
    "transpose",
    "at",  # text: the index, 1,2
    "relation",  # text: the sign
    "cases",  # value, condition, …, otherwise
]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a formula: what it is, what stands in it, and where it begins."""

    kind: Kind
    place: int
    text: str = ""
    parts: "tuple[Part, ...]" = ()


def parse(
    text: str,
    knows: Callable[[str], bool],
    functions: Collection[str],
    *,
    plainly: bool = False,
) -> Part:
    """The tree of a text; `knows` tells the names that there are, so that w1x1 can be two of them.

    `plainly` refuses what people read in two ways, as 1/2x and yy.
    """
    return _Parser(tokens(text), len(text), knows, functions, plainly=plainly).whole()


class _Parser:
    """choice = sum if sum > sum, otherwise choice; sum = product ± product; product = power · / @ power.

    The dot may be left out; power = atom ^ signed, atom²; atom = number, name, function(…), √atom, (choice),
    each with .T or [1,2] behind it.
    """

    def __init__(
        self,
        parts: list[Token],
        length: int,
        knows: Callable[[str], bool],
        functions: Collection[str],
        *,
        plainly: bool,
    ) -> None:
        self.tokens, self.knows, self.functions = parts, knows, functions
        self.place, self.depth = 0, 0
        self.bars, self.plainly = False, plainly
        self.end = Token("end", "", length)

    def whole(self) -> Part:
        found = self.choice()
        if self.place < len(self.tokens):
            raise self.stray()
        return found

    # --- tokens -----------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else self.end

    def next_is(self, *texts: str, kind: str = "sign") -> bool:
        return self.peek().kind == kind and self.peek().text in texts

    def take(self) -> Token:
        if self.peek().kind == "end":
            raise self.wrong("ends where a number or a name should stand; write one there")
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, text: str, said: str) -> None:
        if not self.next_is(text):
            astray = self.next_is(",", *_RELATIONS)
            raise self.stray() if astray else self.wrong(f"{said}; write {text} here")
        self.take()

    def wrong(self, said: str) -> UnreadableFormulaError:
        """What is wrong at the next token."""
        return UnreadableFormulaError(said, self.peek().place)

    def stray(self) -> UnreadableFormulaError:
        """What is said of a token that cannot stand behind what has been read."""
        text, before = self.peek().text, self.tokens[self.place - 1]
        if self.next_is(*_RELATIONS):
            return self.wrong("compares here; write where(x > 0, a, b)")
        if self.next_is(","):
            if before.kind == self.peek(1).kind == "number":
                return self.wrong(_comma(before.text, self.peek(1).text))
            return self.wrong("has a comma outside of a function; leave it out")
        if self.next_is(")", "]"):
            return self.wrong(f"closes with {text} what was not opened; leave it out")
        return self.wrong(f"has {text[:40]} right behind {before.text[:40]}; write a sign between")

    def deeper(self, what: str) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.wrong(f"has {what} nested too deeply; write it with fewer")

    # --- the grammar ------------------------------------------------------------------------------

    def choice(self) -> Part:
        """`1 if z > 0, otherwise 0.01`: the first case that holds."""
        self.deeper("brackets")
        place, value, cases = self.peek().place, self.sum(), list[Part]()
        while self.next_is("if", kind="name"):
            self.take()
            condition = self.condition(self.sum())
            if condition is None:
                raise self.wrong("has a condition without > or <; write x > 0")
            cases += [value, condition]
            if self.next_is(","):
                self.take()
            if self.next_is(*_OTHERWISE, kind="name"):
                self.take()
                value = self.choice()
                break
            if self.peek().kind == "end":
                raise self.wrong("has cases without an otherwise; write otherwise 0 behind them")
            value = self.sum()
        else:
            if cases:
                raise self.wrong("has cases without an otherwise; write otherwise 0 behind them")
        self.depth -= 1
        return Part("cases", place, "", (*cases, value)) if cases else value

    def condition(self, left: Part) -> Part | None:
        if not self.next_is(*_RELATIONS):
            return None
        sign = self.take()
        return Part("relation", sign.place, sign.text, (left, self.sum()))

    def sum(self) -> Part:
        terms = [self.product()]
        while self.next_is("+", "-"):
            sign = self.take()
            term = self.product()
            terms.append(Part("negative", sign.place, "", (term,)) if sign.text == "-" else term)
        return terms[0] if len(terms) == 1 else Part("sum", terms[0].place, "", tuple(terms))

    def product(self) -> Part:
        factors, divisions, dot = [self.signed()], 0, False
        while self.peek().kind != "end":
            if self.next_is("*", "·"):
                dot |= self.take().text == "·"
                factors.append(self.signed())
            elif self.next_is("/", "@"):
                sign = self.take()
                kind: Kind = "quotient" if sign.text == "/" else "matmul"
                factors = [Part(kind, sign.place, "", (_product(factors, dot=dot), self.signed()))]
                divisions += 1
                if divisions > MAX_DEPTH:
                    raise self.wrong("has fractions nested too deeply; write it with fewer")
            elif self.begins_factor():
                self.refuse_fraction(factors[-1])
                factors.append(self.power())
                dot = True
            else:
                break
        return _product(factors, dot=dot)

    def refuse_fraction(self, before: Part) -> None:
        """1/2x without a blank is (1/2)·x to some and 1/(2x) to others."""
        bottom, behind = self.tokens[self.place - 1], self.peek()
        if (
            not self.plainly
            or before.kind != "quotient"
            or bottom.kind != "number"
            or behind.kind != "name"
        ):
            return
        if before.parts[1].kind == "number" and behind.place == bottom.place + len(bottom.text):
            below = f"{bottom.text}{behind.text}"[:40]
            said = f"has /{below}, which is /{bottom.text}·{behind.text[:40]} or /({below})"
            raise self.wrong(f"{said}; write one of them")

    def begins_factor(self) -> bool:
        """Does a factor follow without a dot?"""
        match self.peek().kind:
            case "name":
                return self.peek().text not in ("if", *_OTHERWISE)
            case "number":
                # 1.2.3 and 1 1/2 are no products.
                return self.tokens[self.place - 1].kind != "number"
            case kind:
                # Inside of bars the next bar closes them.
                opens = ("(", "√", "½") if self.bars else ("(", "√", "½", "|")
                return kind == "partial" or self.next_is(*opens)

    def signed(self) -> Part:
        minus, place = False, self.peek().place
        while self.next_is("+", "-"):
            minus ^= self.take().text == "-"
        factor = self.power()
        return Part("negative", place, "", (factor,)) if minus else factor

    def power(self) -> Part:
        base = self.atom()
        sign = self.peek()
        if sign.kind == "raised":
            raised = self.take().text.translate(_PLAIN)
            exponent = Part("number", sign.place, raised.lstrip("+"))
        elif self.next_is("^"):
            self.take()
            self.deeper("powers")
            exponent = self.signed()
            self.depth -= 1
        else:
            return base
        if base.kind == "constant" and base.text == "e":
            return Part("call", base.place, "exp", (exponent,))
        return Part("power", sign.place, "", (base, exponent))

    def atom(self) -> Part:
        found = self.without_index()
        while True:
            if self.next_is(".T", "ᵀ"):
                found = Part("transpose", self.take().place, "", (found,))
            elif self.next_is("["):
                found = self.indexed(found)
            else:
                return found

    def indexed(self, of: Part) -> Part:
        place, numbers = self.take().place, [self.whole_number()]
        while self.next_is(","):
            self.take()
            numbers.append(self.whole_number())
        self.expect("]", "has an index that is not closed")
        return Part("at", place, ",".join(numbers), (of,))

    def whole_number(self) -> str:
        token = self.peek()
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 6:
            raise self.wrong("has an index that is no whole number; count from 1, as in x[1]")
        return self.take().text

    def without_index(self) -> Part:
        token = self.take()
        match token.kind:
            case "number":
                return Part("number", token.place, token.text)
            case "partial":
                return self.known(Token("name", re.sub(r"\s", "", token.text), token.place))
            case "name":
                return self.named(token)
            case "sign" if token.text == "½":
                return Part("half", token.place)
            case "sign" if token.text == "√":
                return self.root(token)
            case "sign" if token.text == "(":
                found = self.inside(bars=False)
                self.expect(")", "has a bracket that is not closed")
                return found
            case "sign" if token.text == "|":
                found = self.inside(bars=True)
                self.expect("|", "has bars that are not closed")
                return Part("call", token.place, "abs", (found,))
        self.place -= 1
        said = f"has {token.text} where a number or a name should stand; write one"
        closes = token.text in (")", "]", ",")
        raise self.wrong(said if closes else f"{said}, or leave {token.text} out")

    def inside(self, *, bars: bool) -> Part:
        """What stands in brackets, or between bars."""
        before, self.bars = self.bars, bars
        found = self.choice()
        self.bars = before
        return found

    def root(self, token: Token) -> Part:
        """√2 and √v1 need no brackets; √(a + b) does."""
        self.deeper("roots")
        found = Part("call", token.place, "sqrt", (self.atom(),))
        self.depth -= 1
        return found

    def named(self, token: Token) -> Part:
        name = token.text
        prime = self.next_is("′")
        word = (name.lower() if name.isascii() else name) + "′" * prime
        if self.peek(int(prime)).text == "(" and word in self.functions:
            self.place += prime
            return self.called(word, token.place)
        other = self.peek(1)
        if self.next_is("/") and other.kind == "name" and name[0] == other.text[0] == "d":
            # dE/dw5, unless these are two names that begin with d.
            slope = f"∂{name[1:]}/∂{other.text[1:]}"
            if self.knows(slope):
                self.place += 2
                return Part("name", token.place, slope)
        return self.known(token)

    def known(self, token: Token) -> Part:
        found = self.find(token)
        if found is None:
            self.refuse_without_brackets(token)
            found, rest = self.apart(token)
            # What is written without a dot, w1x1, goes on with the next factor: x1² is the square of x1.
            self.place -= 1
            self.tokens[self.place] = rest
        return found

    def refuse_without_brackets(self, token: Token) -> None:
        """What is said of sin x, sin^2(x) and sinx."""
        word = token.text.lower()
        if word in self.functions:
            raise NoBracketsError(
                f"has {word} without brackets; write {self.bracketed(word)}", token.place
            )
        for cut in range(len(word) - 1, 0, -1):
            rest = token.text[cut:]
            if word[:cut] in self.functions and len(word[:cut]) > 1 and self.is_known(rest):
                said = f"has {word[:cut]} without brackets; write {word[:cut]}({rest[:40]})"
                raise NoBracketsError(said, token.place)

    def bracketed(self, word: str) -> str:
        """A function as it could have been meant: sin(x), ln(2x), sin(x)^2."""
        place = 0
        if self.next_is("^") or self.peek().kind == "raised":
            power = self.peek().text if self.peek().kind == "raised" else f"^{self.peek(1).text}"
            return f"{word}(x){power}"
        while self.peek(place).kind in ("number", "name") and place < MAX_SEAMS:
            place += 1
        of = "".join(self.peek(i).text for i in range(place))[:40] or "x"
        behind = self.peek(place)
        if behind.text == "^" or behind.kind == "raised":
            power = behind.text if behind.kind == "raised" else f"^{self.peek(place + 1).text}"
            return f"{word}({of}{power}) or {word}({of}){power}"
        return f"{word}({of})"

    def find(self, token: Token) -> Part | None:
        if self.knows(token.text):
            return Part("name", token.place, token.text)
        return Part("constant", token.place, token.text) if token.text in CONSTANTS else None

    def apart(self, token: Token) -> tuple[Part, Token]:
        """The first of several names that are written as one, and the others, if there is one way to read them."""
        ways, name = [], token.text
        if self.plainly:
            self.refuse_repeated(token)
        for cut in self.seams(name):
            first = self.find(Token("name", name[:cut], token.place))
            if first is not None and self.can_be_read(name[cut:], MAX_SEAMS):
                ways.append((first, Token("name", name[cut:], token.place + cut)))
        if len(ways) != 1:
            said = f"names {name[:40]}, which there is not"
            raise UnknownNameError(said, token.place, name[:40])
        return ways[0]

    def refuse_repeated(self, token: Token) -> None:
        """What is said of yy, which may be a slip for another name as well as a square."""
        name = token.text[:LONGEST_JOINED]
        for size in range(1, len(name) // 2 + 1):
            one, many = name[:size], len(name) // size
            if one * many == token.text and self.is_known(one):
                said = (
                    f"has {name}, which is no name; write {one}^{many} or {'*'.join([one] * many)}"
                )
                raise UnreadableFormulaError(said, token.place)

    def can_be_read(self, name: str, seams: int) -> bool:
        """Is it a name, or several written as one?"""
        if self.is_known(name):
            return True
        return (
            seams > 0
            and len(name) < LONGEST_JOINED
            and any(
                self.is_known(name[:cut]) and self.can_be_read(name[cut:], seams - 1)
                for cut in self.seams(name)
            )
        )

    def seams(self, name: str) -> Iterator[int]:
        """Where a name can be cut in two: w1x1 behind a digit, xy where single letters are names."""
        single = (
            name.isalpha() and name.lower() not in self.functions and all(map(self.is_known, name))
        )
        for cut in range(1, min(len(name), LONGEST_JOINED)):
            if (_BEHIND.match(name[cut - 1]) and _LETTER.match(name[cut])) or (single and cut == 1):
                yield cut

    def is_known(self, name: str) -> bool:
        return self.knows(name) or name in CONSTANTS

    def called(self, word: str, place: int) -> Part:
        self.take()
        self.deeper("functions")
        before, self.bars = self.bars, False
        arguments = [self.argument()]
        while self.next_is(","):
            self.take()
            arguments.append(self.argument())
        self.bars = before
        self.expect(")", "has a bracket that is not closed")
        self.depth -= 1
        return Part("call", place, word, tuple(arguments))

    def argument(self) -> Part:
        """A value, or a condition, x > 0."""
        found = self.choice()
        return self.condition(found) or found


def _product(factors: list[Part], *, dot: bool) -> Part:
    """`dot`: with · or nothing between two of them, and not a star each time."""
    if len(factors) == 1:
        return factors[0]
    return Part("product", factors[0].place, "·" if dot else "*", tuple(factors))


def _comma(before: str, behind: str) -> str:
    """What is said of a comma between digits: a decimal one, or one between thousands."""
    said = f"has a comma here; write {before}.{behind}"
    grouped = len(behind) == 3 and before.isdigit() and before[0] != "0" and len(before) <= 3
    return f"{said}, or {before}{behind} for thousands" if grouped else said
