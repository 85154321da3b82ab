"""Several numbers in one text: [0.66, 0.24, 0.10], [[1, 2], [3, 4]], 0.66 0.24 0.10, [0,66; 0,24]."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from handcalc.grading.answer import UnreadableError, is_blank, number

MOST_NUMBERS = 100_000
MAX_DEPTH = 12

_SEPARATORS = (";", ", ", ",", " ")
_WAYS = (*((one,) for one in _SEPARATORS), *((";", one) for one in _SEPARATORS[1:]))
"""What may stand between the numbers, and between rows and numbers; a comma may be a decimal sign."""


def numbers_of(text: str, many: int) -> Any:
    """The lists that a text writes out, read so that there are `many` numbers if it can be; else the text."""
    if not _may_hold_several(text):
        return text
    ways = list(_readings(text))
    in_numbers = [found for found in ways if all(map(_is_number, _cells(found)))]
    for found in (*in_numbers, *ways):
        if _size(found) == many:
            return found
    several = (found for found in in_numbers if _size(found) > 1)
    otherwise = ways[0] if _inside(text) is not None else text
    return next(several, otherwise)


def most_in(text: str) -> int:
    """How many numbers a text may write out at most."""
    return max(map(_size, _readings(text)), default=1) if _may_hold_several(text) else 1


def is_open(text: str) -> bool:
    """Does a list begin in a text that does not end in it?"""
    return text.startswith("[") and text.count("[") > text.count("]")


def _may_hold_several(text: str) -> bool:
    return _inside(text) is not None or any(sign in text.strip() for sign in "; ,")


def _readings(text: str) -> Iterator[list[Any]]:
    for way in _WAYS:
        yield _list(text, way, way, 0)


def _list(text: str, way: tuple[str, ...], rest: tuple[str, ...], depth: int) -> list[Any]:
    """A text as a list, its brackets taken off."""
    inside = _inside(text)
    parts = _parts(text if inside is None else inside, rest[0])
    return [_item(part, way, rest[1:], depth + 1) for part in islice(parts, MOST_NUMBERS)]


def _item(part: str, way: tuple[str, ...], rest: tuple[str, ...], depth: int) -> Any:
    if depth > MAX_DEPTH:
        return part
    if _inside(part) is not None:
        return _list(part, way, way, depth)
    return _list(part, way, rest, depth) if rest else part


def _parts(text: str, separator: str) -> list[str]:
    """What stands between the separators outside of all brackets; one at the end separates nothing."""
    parts, depth, begin, place = [], 0, 0, 0
    while place < len(text):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0 and text.startswith(separator, place):
            parts.append(text[begin:place].strip())
            place = begin = place + len(separator)
        else:
            place += 1
    parts.append(text[begin:].strip())
    if separator == " ":
        return [part for part in (own.rstrip(",") for own in parts) if part]
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def _inside(text: str) -> str | None:
    """What one pair of square brackets holds that stands around the whole text; None without one."""
    plain = text.strip()
    if not (plain.startswith("[") and plain.endswith("]")):
        return None
    depth = 0
    for place, sign in enumerate(plain):
        depth += (sign == "[") - (sign == "]")
        if depth == 0 and place < len(plain) - 1:
            return None
    return plain[1:-1].strip() if depth == 0 else None


def _cells(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for part in found:
            yield from _cells(part)
    else:
        yield found


def _size(found: Any) -> int:
    return sum(1 for _ in _cells(found))


def _is_number(cell: str) -> bool:
    try:
        number(cell, comma=True)
    except UnreadableError:
        return is_blank(cell)
    return True
