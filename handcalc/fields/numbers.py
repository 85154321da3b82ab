"""Numbers as they were typed: one, rows of them, or the seed to draw them from."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from handcalc.errors import times
from handcalc.fields.constants import value_of
from handcalc.fields.scalars import Decimals, Whole
from handcalc.fields.strict import Strict, below, kind_of, mistake, quoted
from handcalc.number import Exact

if TYPE_CHECKING:
    import numpy as np

Shape: TypeAlias = tuple[int, ...]


Texts: TypeAlias = "str | tuple[Texts, ...]"


_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?", re.ASCII)


_NUMBER_SCHEMA: dict[str, Any] = {"type": ["number", "string"]}


def _number_text(value: object) -> str:
    """The text of a number, with what pasted text brings along set right in the advice."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
        raise mistake(f"expects a number, not {kind_of(value)}; write one such as 0.5, 1e-3 or 1/3")
    text = str(value).strip()
    if not _PLAIN.fullmatch(text):
        try:
            value_of(text)
        except ValueError as wrong:
            said = str(wrong)
            between = " " if said.startswith(("is ", "has ")) else ": "
            raise mistake(f"{quoted(text)}{between}{said}") from None
    return text


@dataclass(frozen=True, slots=True)
class Given:
    """A number as someone typed it: its text and its value, a fraction if it is one."""

    text: str
    value: Exact

    @classmethod
    def of(cls, value: object) -> "Given":
        """From text, or from a Python number; ValueError-like mistakes say what to write."""
        if isinstance(value, Given):
            return value
        text = _number_text(value)
        return cls(text, value_of(text))

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

    def exact(self, index: Sequence[int]) -> Exact:
        """The value of one element, a fraction if it is one."""
        return value_of(self.text(index))

    def floats(self) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """All values as float64."""
        import numpy as np

        flat = list(self.flat())
        try:
            values = list(map(float, flat))
        except ValueError:  # fractions such as 1/3, and formulas
            values = [float(value_of(text)) for text in flat]
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


@dataclass(frozen=True, slots=True)
class Usual(Array):
    """Numbers that a layer has where the file says none: an initial state of zeros, γ = 1."""


def parts(array: Array) -> Iterator[Array]:
    """The rows of an array, as arrays of one axis less."""
    for texts in array.texts if array.shape else ():
        yield Array(texts, array.shape[1:])


class Random(Strict):
    """Numbers drawn from a seed, the same on every machine, with few decimals to write."""

    seed: Whole
    low: Given = Given.of(-1)
    high: Given = Given.of(1)
    decimals: Decimals = 1

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
        flat: Any = [f"{low + span * draw():z.{self.decimals}f}" for _ in range(math.prod(shape))]
        for size in reversed(shape[1:]):
            flat = list(zip(*[iter(flat)] * size, strict=True))
        return Array(tuple(flat) if shape else flat[0], shape)


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
    if len(place) >= 5:
        wrong.append(
            {
                "type": mistake("is nested too deeply; five levels are the most"),
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
        else f"{times(shape)} numbers"
    )


Numbers = Annotated[
    Array | Random,
    PlainValidator(read_array),
    WithJsonSchema({"type": ["array", "number", "string", "object"]}),
]
