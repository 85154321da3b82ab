"""The names of inputs, learned numbers and values as a file has them: each once, none of a function."""

import re
from collections.abc import Iterator
from typing import Any

from handcalc.fields import KEY
from handcalc.fields.strict import quoted
from handcalc.formula.greek import spelled
from handcalc.formula.syntax import CONSTANTS
from handcalc.operations._words import WORDS
from handcalc.problem.exact_yaml import Path
from handcalc.problem.values import is_list_of_names, is_named

Named = tuple[Path, str]
"""A name as typed, with its place."""

_FIELDS = {
    "input": "an input",
    "inputs": "an input",
    "learned": "a learned number",
    "values": "a value",
}


def misfits(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Names that are there twice, and names of functions."""
    if not isinstance(data.get("values"), dict):
        return
    formulas = " ".join(str(text) for text in data["values"].values())
    seen: dict[str, tuple[str, str]] = {}
    for field, what in _FIELDS.items():
        for place, name in _named(data.get(field), (field,)):
            if isinstance(data[field], list) and name in CONSTANTS:
                said = f"{quoted(name)} is a number of its own in formulas"
                yield place, f"{said}; give {_the(what)} another name"
                continue
            before, first = seen.setdefault(spelled(name), (field, name))
            if field == "values" and before != field:
                # It is said where the values are looked at.
                continue
            if (before, first) != (field, name) or _is_repeated(data[field], place, name):
                yield place, _twice(name, first, _FIELDS[before], before == field)
            elif _is_function(name, formulas):
                said = f"{quoted(name)} is a function of formulas"
                yield place, f"{said}; give {_the(what)} another name"
    for i, sample in enumerate(data["samples"] if isinstance(data.get("samples"), list) else ()):
        for field in ("input", "inputs") if isinstance(sample, dict) else ():
            own: dict[str, str] = {}
            for place, name in _named(sample.get(field), ("samples", i, field)):
                first = own.setdefault(spelled(name), name)
                if first != name:
                    yield place, _twice(name, first, "an input", alike=True)


def of(data: dict[str, Any]) -> frozenset[str]:
    """All names that a file gives to numbers, whether these can be read or not."""
    found = {name for field in _FIELDS if field != "values" for _, name in _named(data.get(field))}
    for sample in data["samples"] if isinstance(data.get("samples"), list) else ():
        for field in ("input", "inputs") if isinstance(sample, dict) else ():
            found |= {name for _, name in _named(sample.get(field))}
    return frozenset(map(spelled, found))


def _named(given: object, place: Path = ()) -> Iterator[tuple[Path, str]]:
    """The names of a mapping, or of a list of names, each with its place."""
    if place[-1:] in (("learned",), ("values",), ("inputs",)) or is_named(given):
        for name in given if isinstance(given, dict) else ():
            yield (*place, str(name), KEY), str(name)
    if is_list_of_names(given) and isinstance(given, list):
        for i, name in enumerate(given):
            yield (*place, i), str(name)


def _is_repeated(given: object, place: Path, name: str) -> bool:
    """Is it in a list for the second time?"""
    return isinstance(given, list) and given.index(name) != place[-1]


def _twice(name: str, first: str, what: str, alike: bool) -> str:
    if alike and first == name:
        return f"{quoted(name)} is here twice; keep one of them"
    if alike:
        said = f"{quoted(name)} and {quoted(first)} are one name, spelled in two ways"
        return f"{said}; give one of them another"
    spelling = "" if name == first else f", spelled {quoted(first)}"
    return f"{quoted(name)} is {what} already{spelling}; give one of them another name"


def _is_function(name: str, formulas: str) -> bool:
    """Is it a function? A Greek letter, σ, is one only where it is called."""
    if name.isascii():
        return name in WORDS
    return name in WORDS and re.search(rf"{re.escape(name)}\s*\(", formulas) is not None


def _the(what: str) -> str:
    return "the " + what.partition(" ")[2]
