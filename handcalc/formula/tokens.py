"""The parts of a typed formula, each with its place: numbers, names, signs.

`x₁`, `W[1,2]`, `w⁽¹⁾₂₁`, `h1_in@2` and `∂E/∂y₁₁` are one name each; · × ⋅ are all a product.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

MAX_LENGTH = 8_000
MAX_TOKENS = 3_000

Kind: TypeAlias = Literal["number", "partial", "name", "raised", "sign", "end"]

LETTER = r"A-Za-zΑ-Ωα-ωŷℓ"
INDEX = r"\[ ?[0-9]{1,6}(?: ?, ?[0-9]{1,6}){0,5} ?\]|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6}⁾|ⁿᵉʷ|[₀-₉]+(?:,[₀-₉]+)*"
# A hat belongs to its letter; a prime or a square before a bracket, S′[1,2] and σ²[1], to the name.
_NAME = rf"[{LETTER}](?:[{LETTER}0-9_\u0302\u0303]|[′²](?=\[)|{INDEX})*(?:@[0-9]{{1,6}})?"
# Each becomes one character, so that places stay what they are.
_SPELLINGS = str.maketrans(
    {"×": "*", "⋅": "·", "∙": "·", "−": "-", "–": "-", "≥": "≥", "≤": "≤", "∑": "Σ"}
    | {"'": "′", "’": "′", "÷": "/", "∕": "/", ":": "/", "\u00a0": " ", "ϵ": "ε", "µ": "μ"}
)
_SIGNS = {"≥": ">=", "≤": "<=", "**": "^"}


class Within(int):
    """A place inside of a text of the file, at the end of the path to that text."""


class UnreadableFormulaError(ValueError):
    """A text that is no formula; `str` says why, `place` is where, counted from 0."""

    def __init__(self, said: str, place: int | None = None) -> None:
        super().__init__(said)
        self.place = place

    @property
    def at(self) -> tuple[Within, ...]:
        """The place as the end of a path."""
        return () if self.place is None else (Within(self.place),)


class UnknownNameError(UnreadableFormulaError):
    """A formula with a name that is not known."""

    def __init__(self, said: str, place: int | None = None, name: str = "") -> None:
        super().__init__(said, place)
        self.name = name


class NoBracketsError(UnreadableFormulaError):
    """A function that is not followed by its brackets."""


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a formula and where it begins."""

    kind: Kind
    text: str
    place: int


@cache
def _token() -> re.Pattern[str]:
    """One part of a formula; made when one is read, so that printing one costs nothing."""
    return re.compile(
        rf"(?P<number>(?:[0-9]{{1,40}}(?:\.[0-9]{{0,40}})?|\.[0-9]{{1,40}})(?:[eE][+-]?[0-9]{{1,3}})?)"
        rf"|(?P<partial>∂\s?{_NAME}\s?/\s?∂\s?{_NAME})"
        rf"|(?P<name>via\s{_NAME}|{_NAME})"
        r"|(?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6})"
        r"|(?P<sign>\*\*|>=|<=|\.T\b|ᵀ|[-+*·/^(),<>≥≤√′½|@\[\]])"
    )


def tokens(text: str) -> list[Token]:
    """The parts of a text, blanks left out; UnreadableFormulaError names what is none."""
    if len(text) > MAX_LENGTH:
        raise UnreadableFormulaError(f"has more than {MAX_LENGTH} characters; write less")
    plain = text.translate(_SPELLINGS)
    found, place = list[Token](), 0
    pattern = _token()
    while place < len(plain):
        if plain[place].isspace():
            place += 1
            continue
        match = pattern.match(plain, place)
        if match is None or match.lastgroup is None:
            raise UnreadableFormulaError(_stranger(text[place]), place)
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the groups are the kinds
        written = re.sub(r"\s+", " ", match[0])
        found.append(Token(kind, _SIGNS.get(written, written), place))
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise UnreadableFormulaError(f"has more than {MAX_TOKENS} parts; write less")
    return found


_ALIKE = dict(zip("асеорхуіјѕԁһАВЕКМНОРСТХАΙ", "aceopxyijsdhABEKMHOPCTXAI", strict=True))
"""Letters of Cyrillic that look like Latin ones."""


def _stranger(character: str) -> str:
    """What is said of a character that stands in no formula."""
    if character in _ALIKE:
        name = unicodedata.name(character, "").lower()
        return f"has a letter that only looks like {_ALIKE[character]} ({name}); write {_ALIKE[character]}"
    if not character.isprintable():
        return f"has the invisible character U+{ord(character):04X}; leave it out"
    if character == "=":
        return "has an equals sign; write what stands on its right alone"
    return f"has '{character}', which stands in no formula; leave it out"
