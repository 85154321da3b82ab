"""What a person typed: the number and the digits it was typed with; a count; a shape.

Everything is matched by anchored patterns of bounded length; nothing is ever evaluated.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

MAX_LENGTH = 60
MOST_DECIMALS = 300
BLANKS = frozenset({"", "_", "-", "–", "—", "?", "n/a", "N/A"})

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{0,30})(?:\.(?P<part>[0-9]{0,30}))?"
    r"(?:(?:[eE]|[*·x×]10(?:\^|\*\*))\(?(?P<power>[+-]?[0-9]{1,3})\)?)?",
    re.ASCII,
)
_FRACTION = re.compile(r"([+-]?[0-9]{1,18})/([0-9]{1,18})", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:['_ \u202f\u00a0][0-9]{3}){1,8}", re.ASCII)
_BY_COMMAS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3}){1,8}(?:\.[0-9]*)?", re.ASCII)
_BY_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,8}(?:,[0-9]*)?", re.ASCII)
_ONE_COMMA = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", re.ASCII)
_ONE_POINT = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,30}|[0-9]{1,3}(?:[,.'_ \u202f\u00a0][0-9]{3}){1,9}", re.ASCII)
_SHAPE = re.compile(r"[0-9]{1,12}(?:(?:[x×*,;]|by)[0-9]{1,12}){0,5},?")


class UnreadableError(ValueError):
    """A text that is no answer; `str` says what was expected."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A number as it was typed: its value, how many decimals it has, and whether it is exact (1/3)."""

    value: float
    decimals: int = 0
    exact: bool = False

    @property
    def unit(self) -> float:
        """One step of the last digit."""
        return 0.0 if self.exact else 10.0**-self.decimals


def is_blank(text: str) -> bool:
    """Is nothing answered? Blank is blank, not 0."""
    return text.strip() in BLANKS


@lru_cache(maxsize=200_000)
def number(text: str, comma: bool | None = None) -> Typed:
    """0.620, .62, 0,62, 6.2e-1, 6.2·10^-1, 31/50.

    What may be thousands or decimals (1,234) is decided by `comma`: is the decimal point a comma?
    None leaves it open, and then nobody reads such a number.
    """
    plain = _with_point(_plain(text), comma)
    if re.search(r"[0-9.]\s+[0-9.]", plain):
        raise UnreadableError("is several numbers, such as 1 1/2")
    plain = re.sub(r"\s+", "", plain)
    fraction = _FRACTION.fullmatch(plain)
    if fraction:
        if int(fraction[2]) == 0:
            raise UnreadableError("has a denominator of 0")
        return Typed(float(Fraction(int(fraction[1]), int(fraction[2]))), 0, exact=True)
    found = _NUMBER.fullmatch(plain)
    if not found or not (found["whole"] or found["part"]):
        raise UnreadableError("is not a number")
    part, power = found["part"] or "", int(found["power"] or 0)
    try:
        value = float(f"{found['sign']}{found['whole'] or '0'}.{part or '0'}e{power}")
    except OverflowError:
        value = float("inf")
    decimals = len(part) - power
    if abs(value) > 1e300 or abs(decimals) > MOST_DECIMALS:
        raise UnreadableError("is too large or too small")
    return Typed(value, decimals)


def _with_point(plain: str, comma: bool | None) -> str:
    """The number without marks between thousands, its decimals behind a point."""
    if _ONE_COMMA.fullmatch(plain):
        if comma is None:
            said = "has one comma: thousands or decimals; say decimal: comma, or leave it out"
            raise UnreadableError(said)
        return plain.replace(",", "." if comma else "")
    if _ONE_POINT.fullmatch(plain):
        if comma:
            raise UnreadableError("has one point: thousands or decimals; leave it out")
        return plain
    if _BY_COMMAS.fullmatch(plain):
        return plain.replace(",", "")
    if _BY_POINTS.fullmatch(plain):
        return plain.replace(".", "").replace(",", ".")
    if _GROUPED.fullmatch(plain):
        return re.sub(r"[^0-9+-]", "", plain)
    # One comma and no point cannot mean thousands here.
    return plain.replace(",", ".") if "." not in plain and plain.count(",") == 1 else plain


@lru_cache(maxsize=50_000)
def count(text: str) -> int:
    """1,309,560 or 1309560 or 1.309.560: a whole number, its thousands apart or not."""
    plain = _plain(text)
    if not _COUNT.fullmatch(plain):
        raise UnreadableError("is not a whole number")
    return int(re.sub(r"[^0-9]", "", plain))


@lru_cache(maxsize=50_000)
def shape(text: str) -> tuple[int, ...]:
    """98x132x6, 98 × 132 × 6, (98, 132, 6), [98, 132, 6]."""
    plain = re.sub(r"\s+", "", _plain(text)).lower()
    if plain[:1] + plain[-1:] in ("()", "[]"):
        plain = plain[1:-1]
    if not _SHAPE.fullmatch(plain):
        raise UnreadableError("is not a shape such as 98x132x6")
    return tuple(int(n) for n in re.findall(r"[0-9]+", plain))


def _plain(text: str) -> str:
    """The text without what stands around a number on paper."""
    if len(text) > MAX_LENGTH:
        raise UnreadableError(f"has more than {MAX_LENGTH} characters")
    return text.strip().lstrip("=≈~").strip().replace("\N{MINUS SIGN}", "-")
