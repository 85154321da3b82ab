"""What a field of the problem file can hold: numbers as typed, arrays, names, words with options.

Everything arrives as text, so that `0.10`, `1/3` and `no` stay what was typed. A rejected value says
what to write instead; the place in the file is added by whoever read it.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from handcalc.errors import did_you_mean, nearest, printable
from handcalc.number import parse

if TYPE_CHECKING:
    import numpy as np

Shape: TypeAlias = tuple[int, ...]
Read = TypeVar("Read")
Texts: TypeAlias = "str | tuple[Texts, ...]"

KEY = "#key"  # ends the path of a name, as opposed to its value
MAX_SIZE = 10**9  # of one axis; larger networks are not drawn on paper
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?", re.ASCII)
_NUMBER_SCHEMA: dict[str, Any] = {"type": ["number", "string"]}


def mistake(what: str) -> PydanticCustomError:
    """A rejected value, in our own words."""
    return PydanticCustomError("mistake", "{what}", {"what": what})


def _wrong(what: str, *place: str | int) -> Any:
    """A mistake with its place below the value that is read."""
    return {"type": mistake(what), "loc": place, "input": None}


def _no_field(key: str, known: list[str]) -> str:
    if not known:
        return f"there are no options here; leave {quoted(key)} out"
    return f"there is no field {quoted(key)} here{did_you_mean(key, known)}"


def quoted(value: object) -> str:
    """Foreign text in a message: printable, short, in quotes."""
    text = printable(str(value))
    return f"'{text[:40]}…'" if len(text) > 41 else f"'{text}'"


def _number_text(value: object) -> str:
    """The text of a number, with what pasted text brings along set right in the advice."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
        raise mistake(f"expects a number, not {_kind(value)}; write one such as 0.5, 1e-3 or 1/3")
    text = str(value).strip()
    if not _PLAIN.fullmatch(text):
        try:
            parse(text)
        except ValueError as wrong:
            raise mistake(f"{quoted(text)}: {wrong}") from None
    return text


@dataclass(frozen=True, slots=True)
class Given:
    """A number as someone typed it: its text and its exact value."""

    text: str
    value: Fraction

    @classmethod
    def of(cls, value: object) -> "Given":
        """From text, or from a Python number; ValueError-like mistakes say what to write."""
        if isinstance(value, Given):
            return value
        text = _number_text(value)
        return cls(text, parse(text))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.of)

    @classmethod
    def __get_pydantic_json_schema__(cls, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(_NUMBER_SCHEMA)


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers in rows as someone typed them; their texts are kept."""

    texts: Texts
    shape: Shape

    def text(self, index: Sequence[int]) -> str:
        """The text of one element."""
        node: Any = self.texts
        for i in index:
            node = node[i]
        return str(node)

    def exact(self, index: Sequence[int]) -> Fraction:
        """The exact value of one element."""
        return parse(self.text(index))

    def floats(self) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """All values as float64."""
        import numpy as np

        flat = list(self.flat())
        try:
            values = list(map(float, flat))
        except ValueError:  # fractions such as 1/3
            values = [float(parse(text)) for text in flat]
        return np.array(values, dtype=np.float64).reshape(self.shape)

    def flat(self) -> Iterator[str]:
        """All texts in reading order."""
        rows: Any = (self.texts,)
        for _ in self.shape:
            rows = chain.from_iterable(rows)
        return iter(rows)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)


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
                f"expects a mapping, not {_kind(data)}; write {{{next(iter(cls.model_fields))}: …}}"
            )
        wrong: list[Any] = []
        known: dict[str, Any] = {}
        meant: set[str | None] = set()
        for key, value in data.items():
            field = cls.model_fields.get(key)
            if field is None:
                meant.add(nearest(str(key), cls.model_fields))
                wrong.append(_wrong(_no_field(str(key), list(cls.model_fields)), str(key), KEY))
            elif value is None:
                meant.add(key)
                leave = "" if field.is_required() else " or leave the line out"
                wrong.append(_wrong(f"{key} is empty; write a value{leave}", key, KEY))
            else:
                known[key] = value
        try:
            made = handler(known)
        except ValidationError as error:
            # A missing field that stands there misspelt or empty has been named already.
            wrong += [
                {"type": _ours(line), "loc": _place(line), "input": line["input"]}
                for line in error.errors()
                if line["type"] != "missing" or line["loc"][0] not in meant
            ]
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return made


class Random(Strict):
    """Numbers drawn from a seed, the same on every machine, with few decimals to write."""

    seed: "Whole"
    low: Given = Given.of(-1)
    high: Given = Given.of(1)
    decimals: "Decimals" = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low.value > self.high.value:
            raise mistake(f"low is {self.low.text}, above high, {self.high.text}; exchange them")
        return self

    def array(self, shape: Shape, stream: str) -> Array:
        """Uniform between low and high; `stream` keeps two arrays of one seed apart."""
        import random

        # Python promises that random() gives the same numbers for a seed in every version.
        draw = random.Random(f"{self.seed}:{stream}").random  # noqa: S311  # not for secrets
        low, span = float(self.low.value), float(self.high.value - self.low.value)
        flat: Any = [f"{low + span * draw():.{self.decimals}f}" for _ in range(math.prod(shape))]
        for size in reversed(shape[1:]):
            flat = list(zip(*[iter(flat)] * size, strict=True))
        return Array(tuple(flat) if shape else flat[0], shape)


def below(word: str, read: Callable[[], Read]) -> Read:
    """What is read under a word, with its mistakes placed below the word."""
    try:
        return read()
    except ValidationError as error:
        lines: list[Any] = [
            {"type": _ours(e), "loc": (word, *e["loc"]), "input": e["input"]}
            for e in error.errors()
        ]
        raise ValidationError.from_exception_data(word, lines) from None


def read_array(value: object) -> Array | Random:
    """Numbers in rows, or the seed to draw them from."""
    if isinstance(value, Array | Random):
        return value
    if isinstance(value, dict):
        if set(value) == {"random"}:
            options = value["random"]
            return below("random", lambda: Random.model_validate(options))
        raise mistake(
            "expects numbers or {random: {seed: 1}}, not a mapping; write a list such as [0.5, 0.3]"
        )
    if value is None:
        raise mistake("is empty; write a number or a list of numbers")
    wrong: list[Any] = []
    texts, shape = _rows(value, (), wrong)
    if wrong:
        raise ValidationError.from_exception_data("array", wrong)
    return Array(texts, shape)


def _rows(value: object, place: tuple[int, ...], wrong: list[Any]) -> tuple[Texts, Shape]:
    """The texts and the shape of nested rows; what is wrong is collected with its place."""
    if not isinstance(value, list | tuple):
        try:
            return _number_text(value), ()
        except PydanticCustomError as problem:
            wrong.append({"type": problem, "loc": place, "input": value})
            return "0", ()
    if not value:
        wrong.append(
            {"type": mistake("has no numbers; write at least one"), "loc": place, "input": value}
        )
        return (), (0,)
    if len(place) >= 4:
        wrong.append(
            {
                "type": mistake("is nested too deeply; four levels are the most"),
                "loc": place,
                "input": value,
            }
        )
        return (), (0,)
    before = len(wrong)
    rows = [_rows(row, (*place, i), wrong) for i, row in enumerate(value)]
    first = rows[0][1]
    for i, (_, shape) in enumerate(rows):
        if shape != first and 0 not in shape and len(wrong) == before:
            said = f"has {_size(shape)}, the first row {_size(first)}; give every row the same"
            wrong.append({"type": mistake(said), "loc": (*place, i), "input": value[i]})
            break
    return tuple(texts for texts, _ in rows), (len(rows), *first)


def _size(shape: Shape) -> str:
    if not shape:
        return "a single number"
    return (
        f"{shape[0]} number{'s' * (shape[0] != 1)}"
        if len(shape) == 1
        else f"{' × '.join(map(str, shape))} numbers"
    )


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else quoted(value)


def _integer(value: object) -> int:
    text = str(value)
    if (
        isinstance(value, bool | dict | list)
        or value is None
        or not re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII)
    ):
        raise mistake(f"expects a whole number, not {_kind(value)}; write one such as 2")
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
        found = _integer(value)
        if not self.low <= found <= self.high:
            raise mistake(f"is {found}; write a whole number from {self.low} to {self.high}")
        return found

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


def _truth(value: object) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise mistake(f"expects true or false, not {_kind(value)}; write true or false")


def _string(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        raise mistake(f"expects words, not {_kind(value)}; write them in quotes")
    return printable(str(value).strip().replace("\n", " "))


def _name(value: object) -> str:
    text = _string(value)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", text, re.ASCII):
        raise mistake(f"{quoted(text)} is not a name; write a letter, then letters, digits or _")
    if text.endswith("_") or re.search(r"_(?:via|new|in|out|net)(?:_|$)", text):
        raise mistake(
            f"{quoted(text)} would be taken for the name of an answer; write another name"
        )
    return text


@dataclass(frozen=True)
class Worded:
    """One word, or a word with its options: `sigmoid`, `{leaky_relu: {alpha: 0.1}}`.

    Metadata of an `Annotated` type. The model behind a word is imported when the word occurs.
    """

    kind: str
    load: Callable[[str], type[BaseModel]]
    known: tuple[str, ...]

    def read(self, value: object) -> BaseModel:
        """The model of the word with its options; its mistakes are placed under the word."""
        if isinstance(value, BaseModel):
            return value
        word, options = _word_of(self.kind, value, self.known)
        model = self.load(word)
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        if not isinstance(value, dict) and needed:
            raise mistake(f"{word} needs its options; write {{{word}: {{{needed[0]}: …}}}}")
        if not isinstance(value, dict):
            return model.model_validate(options)
        return below(word, lambda: model.model_validate(options))

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        models = {word: self.load(word).model_json_schema() for word in self.known}
        bare = [word for word, model in models.items() if not model.get("required")]
        mapped = [
            {
                "type": "object",
                "properties": {word: model},
                "required": [word],
                "additionalProperties": False,
            }
            for word, model in models.items()
        ]
        return {"anyOf": [{"enum": bare}, *mapped] if bare else mapped}


def _ours(error: Any) -> PydanticCustomError:
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
            said = quoted(given) if isinstance(given, str) else _kind(given)
            return mistake(f"{said} is not known here{did_you_mean(str(given), known)}")
        case _:
            return mistake(
                f"expects something else than {_kind(error['input'])}; see: handcalc schema"
            )


def _place(error: Any) -> tuple[str | int, ...]:
    """The place of an error; a missing field is reported where its mapping begins."""
    loc: tuple[str | int, ...] = error["loc"]
    return loc[:-1] if error["type"] == "missing" else loc


def _word_of(kind: str, value: object, known: Sequence[str]) -> tuple[str, object]:
    """The word and its options, or the mistake at the place where it is."""
    a_kind = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    example = f"write {known[0]}, or {{{known[0]}: {{…}}}} with options"
    if not isinstance(value, dict):
        if not isinstance(value, str):
            raise mistake(f"expects {a_kind}, not {_kind(value)}; {example}")
        if value not in known:
            raise mistake(f"there is no {kind} {quoted(value)}{did_you_mean(value, known)}")
        return value, {}
    first, options = next(iter(value.items()), ("", None))
    if len(value) > 1 and options is None and first in known:
        raise mistake(
            f"the options of {first} stand beside it; indent them by two more blanks, below {first}:"
        )
    if len(value) != 1:
        raise mistake(f"{a_kind} is one word with its options, not {len(value)} words; {example}")
    if first not in known:
        said = f"there is no {kind} {quoted(first)}{did_you_mean(str(first), known)}"
        raise ValidationError.from_exception_data(kind, [_wrong(said, str(first), KEY)])
    if options is not None and not isinstance(options, dict):
        said = f"the options of {first} are a mapping, not {_kind(options)}; write {first}: {{name: value}}"
        raise ValidationError.from_exception_data(kind, [_wrong(said, str(first))])
    return first, options or {}


def _shape(value: object) -> object:
    if not isinstance(value, list | tuple) or not value:
        raise mistake(f"expects the sizes in a list, not {_kind(value)}; write [2] or [28, 28, 1]")
    return tuple(value)


Whole = Annotated[int, Between(0, 2**62)]
Count = Annotated[int, Between(1, MAX_SIZE)]
Decimals = Annotated[int, Between(0, 15)]
Bit = Annotated[int, Between(0, 1)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Words = Annotated[str, BeforeValidator(_string)]
Name = Annotated[str, BeforeValidator(_name)]
Sizes = Annotated[tuple[Count, ...], BeforeValidator(_shape)]
Numbers = Annotated[
    Array | Random,
    PlainValidator(read_array),
    WithJsonSchema({"type": ["array", "number", "string", "object"]}),
]
