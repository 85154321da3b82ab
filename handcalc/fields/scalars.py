"""Whole numbers, words, names, sizes and yes or no, as a field of the problem file holds them."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from handcalc.errors import printable
from handcalc.fields.strict import kind_of, mistake, quoted

MAX_SIZE = 10**9  # of one axis; larger networks are not drawn on paper


def integer(value: object) -> int:
    """A whole number as typed."""
    text = str(value)
    if (
        isinstance(value, bool | dict | list)
        or value is None
        or not re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII)
    ):
        raise mistake(f"expects a whole number, not {kind_of(value)}; write one such as 2")
    if len(text.lstrip("-")) > 1 and text.lstrip("-")[0] == "0":
        raise mistake(f"{quoted(text)}: a leading zero is ambiguous; write {int(text)}")
    return int(text)


@dataclass(frozen=True)
class Between:
    """A whole number within bounds, as the metadata of an `Annotated[int, …]`."""

    low: int
    high: int

    def read(self, value: object) -> int:
        """The number; a mistake says the bounds."""
        found = integer(value)
        if not self.low <= found <= self.high:
            raise mistake(f"is {found}; write a whole number from {self.low} to {self.high}")
        return found

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


Whole = Annotated[int, Between(0, 2**62)]


Count = Annotated[int, Between(1, MAX_SIZE)]


Decimals = Annotated[int, Between(0, 15)]


Bit = Annotated[int, Between(0, 1)]


def _truth(value: object) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise mistake(f"expects true or false, not {kind_of(value)}; write true or false")


def _string(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        raise mistake(f"expects words, not {kind_of(value)}; write them in quotes")
    return printable(str(value).strip().replace("\n", " "))


def _name(value: object) -> str:
    text = _string(value)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,59}", text, re.ASCII):
        raise mistake(f"{quoted(text)} is not a name; write a letter, then letters, digits or _")
    if text.endswith("_") or re.search(r"_(?:via|new|in|out|net)(?:_|$)", text):
        raise mistake(
            f"{quoted(text)} would be taken for the name of an answer; write another name"
        )
    return text


Truth = Annotated[bool, BeforeValidator(_truth)]


Words = Annotated[str, BeforeValidator(_string)]


Name = Annotated[str, BeforeValidator(_name)]
