"""Numbers as people write them: read `0.10`, `1e-3`, `1/3`; round and show as on paper.

Rounding is of the decimal a person sees (2.675 -> 2.68), never of its binary neighbour, and
neither 0.30000000000000004 nor -0.0 is ever shown.
"""

import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "half_even", "truncate"]
Exact = Fraction | float

MAX_LENGTH = 60
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII
)
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}
_WIDE = Context(prec=400)


def parse(text: str) -> Fraction:
    """The exact value of a number as typed; ValueError says what to write instead."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a number has at most {MAX_LENGTH} characters; round it")
    top, slash, bottom = text.partition("/")
    if slash:
        denominator = _decimal(bottom.strip())
        if denominator == 0:
            raise ValueError("the denominator is 0; write a number")
        return _bounded(_decimal(top.strip()) / denominator)
    return _decimal(text)


def _decimal(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise ValueError(_advice(text))
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        raise ValueError(
            f"a leading zero is ambiguous; write {text.replace(digits, digits.lstrip('0') or '0')}"
        )
    return _bounded(Fraction(text))


def _bounded(value: Fraction) -> Fraction:
    """The value, if floats hold it."""
    try:
        float(value)
    except OverflowError:
        raise ValueError("is too large; a number is below 1e308") from None
    return value


def _advice(text: str) -> str:
    if "\N{MINUS SIGN}" in text:
        return f"has a minus sign of printed text; write {text.replace(chr(0x2212), '-')}"
    if (
        re.fullmatch(r"[(]?-?[0-9.]+(?:[ ,;]+-?[0-9.]+)+[)]?", text, re.ASCII)
        and " " in text.strip()
    ):
        return "is several numbers; write them in a list such as [1, 2]"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text, re.ASCII):
        return f"is not a number; write {text.replace(',', '.')}"
    if re.fullmatch(r"[1-9][0-9]*(?:_[0-9]+)+", text, re.ASCII):
        return f"is not a number; write {text.replace('_', '')}"
    if text.lower().lstrip("+-.") in {"nan", "inf", "infinity"}:
        return "is not a finite number; write digits such as 0.5"
    if re.fullmatch(r"[0-9]+(?::[0-9]+)+", text, re.ASCII):
        return "is a time, not a number; write a decimal such as 1.5"
    if re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]{4,}", text, re.ASCII):
        return "has an exponent of more than three digits; write a number below 1e308"
    return "is not a number; write one such as 0.5, 1e-3 or 1/3"


def as_decimal(value: Exact) -> Decimal:
    """The decimal a person sees behind a value: 15 significant digits, without binary dust.

    After several steps the dust is wider than one digit: 0.787499999999997 is 0.7875 too.
    """
    if isinstance(value, Fraction):
        return _WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    short = f"{value:.13e}"
    return Decimal(short if "000e" in short else f"{value:.15g}")


def round_to(value: Exact, places: int, mode: Rounding = "half_up") -> Fraction:
    """The value to so many decimal places."""
    step = Decimal(1).scaleb(-places)
    return Fraction(as_decimal(value).quantize(step, rounding=_MODES[mode], context=_WIDE))


def magnitude(value: Exact) -> int:
    """The exponent of the first significant digit: 0.0067 -> -3; 0 -> 0."""
    decimal = as_decimal(value)
    return decimal.adjusted() if decimal else 0


def is_decimal(value: Fraction, places: int) -> bool:
    """Does the value end within so many decimal places?"""
    return (value * 10**places).denominator == 1


def fixed(value: Exact, places: int) -> str:
    """Fixed decimals: 0.77 to three places is 0.770; negative zero is 0."""
    text = f"{as_decimal(value):.{max(places, 0)}f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def scientific(value: Exact, digits: int) -> str:
    """Significant digits with a power of ten: 1.235e-07."""
    return (
        f"{as_decimal(value):.{digits - 1}e}".replace("e-0", "e-")
        .replace("e+0", "e+")
        .replace("e+", "e")
    )


def plain(value: Exact, places: int = 15) -> str:
    """The shortest decimal of an exact value: 0.43, 12, -0.5."""
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: int) -> str:
    """A count with its thousands apart: 1,322,766; a size with letters as its formula."""
    return f"{value:,}"


def tidy(value: float) -> float:
    """0.30000000000000004 -> 0.3: the short decimal a float stands for, if it stands for one."""
    short = float(f"{value:.12g}")
    near = abs(short - value) <= 4 * math.ulp(max(abs(short), abs(value)))
    return (short + 0.0) if near else value
