"""Sizes as letters, N or d_k: what stands behind them while one file is read."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, SkipValidation
from pydantic_core import CoreSchema, core_schema

from handcalc.fields.scalars import MAX_SIZE, Between
from handcalc.fields.strict import kind_of, mistake
from handcalc.formula.open_size import OpenSize

SMALL = 2
"""What stands behind the letter of a window: more than 1, so that it moves and is wide."""
LETTER = r"[A-Za-z][0-9]*(?:_[A-Za-z0-9]{1,8})?"


@dataclass(frozen=True)
class Letters:
    """The numbers for some letters, and the letters that a file has."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    seen: dict[str, bool] = field(default_factory=dict)
    """Each letter, and whether it is the size or the stride of a window."""


_LETTERS: ContextVar[Letters] = ContextVar("letters", default=Letters())  # noqa: B039  # nobody asks the default what it has seen


@contextmanager
def letters(numbers: Mapping[str, int]) -> Iterator[Letters]:
    """While a file is read: the numbers that stand for some of its letters."""
    found = Letters(numbers)
    token = _LETTERS.set(found)
    try:
        yield found
    finally:
        _LETTERS.reset(token)


@dataclass(frozen=True)
class NumberOrLetter(Between):
    """A whole number within bounds, or a letter for it."""

    window: bool = False
    """Is it the size or the stride of a window, small beside what it slides over?"""

    def read(self, value: object) -> int:
        """The number; for a letter a size that carries its formula along."""
        if not (isinstance(value, str) and re.fullmatch(LETTER, value, re.ASCII)):
            return value if isinstance(value, OpenSize) else super().read(value)
        known = _LETTERS.get()
        if known.seen.setdefault(value, self.window) != self.window:
            said = f"{value} stands for a size of a layer and for one of a window"
            raise mistake(f"{said}; write another letter for one of them")
        number = known.numbers.get(value)
        return OpenSize.letter(value, SMALL * self.window) if number is None else number

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        number = {"type": "integer", "minimum": self.low, "maximum": self.high}
        return {"anyOf": [number, {"type": "string", "pattern": f"^{LETTER}$"}]}


def sizes(value: object) -> object:
    """A list of sizes."""
    if value in ([], ()):
        raise mistake("expects at least one size; write [2] or [28, 28, 1]")
    if not isinstance(value, list | tuple):
        raise mistake(
            f"expects the sizes in a list, not {kind_of(value)}; write [2] or [28, 28, 1]"
        )
    return tuple(value)


AsIs = Annotated[int, SkipValidation]
"""A size that has been read before, with its letters."""


Extent = Annotated[int, NumberOrLetter(1, MAX_SIZE)]


def _or_number(value: object) -> object:
    return () if value == "number" else sizes(value)


SizesOrNumber = Annotated[tuple[Extent, ...], BeforeValidator(_or_number)]
"""The sizes of an array; `number` is a single number, as formulas have them."""


Sizes = Annotated[tuple[Extent, ...], BeforeValidator(sizes)]
