"""A part of the problem file that reports all its mistakes, each in our own words."""

import re
from collections.abc import Callable
from typing import Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from handcalc.errors import did_you_mean, nearest, printable
from handcalc.fields.synonyms import field_instead

KEY = "#key"  # ends the path of a name, as opposed to its value


Read = TypeVar("Read")


def mistake(what: str) -> PydanticCustomError:
    """A rejected value, in our own words."""
    return PydanticCustomError("mistake", "{what}", {"what": what})


def wrong_at(what: str, *place: str | int) -> Any:
    """A mistake with its place below the value that is read."""
    return {"type": mistake(what), "loc": place, "input": None}


def _no_field(key: str, known: list[str]) -> str:
    if not known:
        return f"there are no options here; leave {quoted(key)} out"
    return f"there is no field {quoted(key)} here{field_instead(key, known)}"


def quoted(value: object) -> str:
    """Foreign text in a message: printable, short, in quotes."""
    text = printable(str(value))
    return f"'{text[:40]}…'" if len(text) > 41 else f"'{text}'"


def kind_of(value: object) -> str:
    """What a value is, for a message that expected something else."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else quoted(value)


class Strict(BaseModel):
    """A part of the problem file that reports all its mistakes, each in our own words."""

    # Built when first used: a file names few of the words that there are.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _all_mistakes(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, cls):
            return data
        if not isinstance(data, dict):
            raise mistake(
                f"expects a mapping, not {kind_of(data)}; write {{{next(iter(cls.model_fields))}: …}}"
            )
        wrong: list[Any] = []
        known: dict[str, Any] = {}
        meant: set[str | None] = set()
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        for key, value in data.items():
            field = fields.get(key)
            if field is None:
                meant.add(nearest(str(key), fields))
                wrong.append(wrong_at(_no_field(str(key), list(fields)), str(key), KEY))
            elif value is None:
                meant.add(key)
                leave = "" if field.is_required() else " or leave the line out"
                wrong.append(wrong_at(f"{key} is empty; write a value{leave}", key, KEY))
            else:
                known[key] = value
        try:
            made = handler(known)
        except ValidationError as error:
            # A missing field that stands there misspelt or empty has been named already.
            wrong += [
                {"type": ours(line), "loc": _place(line), "input": line["input"]}
                for line in error.errors()
                if line["type"] != "missing" or line["loc"][0] not in meant
            ]
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return made


def below(word: str, read: Callable[[], Read]) -> Read:
    """What is read under a word, with its mistakes placed below the word."""
    try:
        return read()
    except ValidationError as error:
        lines: list[Any] = [
            {"type": ours(e), "loc": (word, *e["loc"]), "input": e["input"]} for e in error.errors()
        ]
        raise ValidationError.from_exception_data(word, lines) from None


def ours(error: Any) -> PydanticCustomError:
    """A library error in our own words."""
    what = error.get("ctx", {})
    match error["type"]:
        case "mistake":
            return mistake(what["what"])
        case "missing":
            return mistake(
                f"{error['loc'][-1]} is missing; write {error['loc'][-1]}: and its value"
            )
        case "literal_error":
            known = re.findall(r"'([^']*)'", what["expected"]) or [what["expected"]]
            given = error["input"]
            said = quoted(given) if isinstance(given, str) else kind_of(given)
            return mistake(f"{said} is not known here{did_you_mean(str(given), known)}")
        case _:
            return mistake(
                f"expects something else than {kind_of(error['input'])}; see: handcalc schema"
            )


def _place(error: Any) -> tuple[str | int, ...]:
    """The place of an error; a missing field is reported where its mapping begins."""
    loc: tuple[str | int, ...] = error["loc"]
    return loc[:-1] if error["type"] == "missing" else loc
