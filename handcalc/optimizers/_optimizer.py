"""The contract of an optimizer: equations that lead from a gradient to a new weight and a new state.

They are written once, with + - * / and the functions of `_arithmetic`, and serve formulas as well as arrays.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from handcalc.fields import Array, Count, Given, Random, Strict, below, mistake, quoted, read_array
from handcalc.formula import number
from handcalc.formula.greek import spelled
from handcalc.optimizers._arithmetic import maximum, minimum

NEW = "new"
"""The last row of every step: the weight after it."""
Row: TypeAlias = tuple[str, Any]
"""A letter and what it is: ("m", β₁·m_old + (1 - β₁)·g)."""


@dataclass
class Step:
    """What the equations of one step are about: `s.w`, `s.g`, `s.rate`, `s.old.m`, and each row so far.

    `t` is the number of the step, `norm` the length of all gradients together; each option of the optimizer
    has its own name.
    """

    values: dict[str, Any]
    old: Any = None
    """The rows of the step before."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True, slots=True)
class Letter:
    """How an option or a row is written: its letter, its letters in keys, what it is among given numbers."""

    letter: str
    ascii: str
    given: str = ""


_PREPARING = {
    "clip_value": Letter("c", "c", "largest size of a gradient"),
    "clip_norm": Letter("C", "C", "largest length of the gradient"),
    "weight_decay": Letter("λ", "lambda", "weight decay"),
}


Start: TypeAlias = Array | dict[str, Array]
"""What a row is before the first step: one number for all, an array, or one for each learned array by its name."""
_NUMBERS: dict[str, Any] = {"type": ["array", "number", "string"]}


def _named(value: object) -> object:
    if not isinstance(value, dict):
        raise mistake("expects what it remembers, by name; write {m: 0.6, v: 0.7}")
    return value


def _read_start(value: object) -> Start:
    if isinstance(value, dict):
        named = {str(name): own for name, own in value.items()}
        return {spelled(name): below(name, partial(_numbers, own)) for name, own in named.items()}
    return _numbers(value)


def _numbers(value: object) -> Array:
    found = read_array(value)
    if isinstance(found, Random):
        raise mistake("what is remembered has no seed; write its numbers")
    return found


class Optimizer(Strict, ABC):
    """One rule of update; its fields are the options of its word.

    `updates: weights` leaves the biases as they are. `start: {m: 0.6}` is what it remembers before the first step, else
    0, in `start: {m: {w: [0.6, 0.7]}}` of each learned array for itself; `first_step: 6` is the number of that step,
    where others have been made before. Before the rule itself a gradient may be cut off at
    `clip_value`, or be shortened with all others until they are `clip_norm` long; `weight_decay` adds λ·w to it.
    """

    example: ClassVar[dict[str, Any]]
    way: ClassVar[str]
    """How a parameter moves, in words: against its gradient."""
    others: ClassVar[tuple[tuple[dict[str, Any], str], ...]] = ()
    """Other forms of the rule that books have, as options, with what is said of them."""
    state: ClassVar[Mapping[str, str]] = {}
    """The rows that the next step looks back at, each with its value before the first step."""
    squares: ClassVar[tuple[str, ...]] = ()
    """Those of them that no step makes negative: means, sums or sizes of squares."""
    letters: ClassVar[Mapping[str, Letter]] = {}
    """The options that are numbers of its equations."""

    learning_rate: Given
    updates: Literal["all", "weights"] = "all"
    start: Annotated[
        dict[
            str,
            Annotated[
                Start,
                PlainValidator(_read_start),
                WithJsonSchema(
                    {"anyOf": [_NUMBERS, {"type": "object", "additionalProperties": _NUMBERS}]}
                ),
            ],
        ],
        BeforeValidator(_named),
    ] = Field(default={})
    first_step: Count = 1
    clip_value: Given | None = None
    clip_norm: Given | None = None
    weight_decay: Given | None = None

    @property
    def word(self) -> str:
        """The word of the file: the module of the rule."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def ascends(self) -> bool:
        """Is E to become large, not small?"""
        return False

    @model_validator(mode="after")
    def _clips_once(self) -> Self:
        """A gradient is cut off, or all of them are shortened: Keras takes one of both too."""
        if self.clip_value is not None and self.clip_norm is not None:
            raise mistake("has clip_value beside clip_norm; leave one of them out")
        return self

    @model_validator(mode="after")
    def _remembers(self) -> Self:
        """What it begins with is something that it remembers."""
        kept = self.kept
        for word in self.start:
            if word not in kept:
                instead = f"write one of {', '.join(kept)}" if kept else "leave it out"
                raise mistake(f"starts with {quoted(word)}, which it does not remember; {instead}")
        for word in self.squares:
            own = self.start.get(word)
            for given in own.values() if isinstance(own, dict) else filter(None, [own]):
                if (given.floats() < 0).any():
                    said = f"starts with a negative {word}, which comes of squares"
                    raise mistake(f"{said}; write 0 or more")
        return self

    def before_first(self, word: str, name: str) -> Array:
        """A row that it remembers of a learned array, before the first step of the file."""
        own = self.start.get(word)
        own = own.get(name) if isinstance(own, dict) else own
        return own or Array(self.state[word], ())

    @property
    def settings(self) -> dict[str, tuple[Letter, Given]]:
        """The numbers of the equations, beside the learning rate."""
        letters = {**_PREPARING, **self.letters}
        return {
            name: (letter, number)
            for name, letter in letters.items()
            if (number := getattr(self, name)) is not None
        }

    def step(self, s: Step) -> Iterator[Row]:
        """The rows of one step, the last of them the new weight."""
        yield from self.clipped(s)
        if self.weight_decay is not None:
            yield "g_decayed", s.g + s.weight_decay * s.w
            s.values["g"] = s.g_decayed
        yield from self.rows(s)

    def clipped(self, s: Step) -> Iterator[Row]:
        """The gradient no larger, and no longer, than wanted."""
        if self.clip_value is not None:
            yield "g_clipped", minimum(maximum(s.g, -s.clip_value), s.clip_value)
            s.values["g"] = s.g_clipped
        if self.clip_norm is not None:
            # C/max(‖g‖, C) is min(1, C/‖g‖), and stays a number where the whole gradient is 0.
            yield "g_clipped", s.g * (s.clip_norm / maximum(s.norm, s.clip_norm))
            s.values["g"] = s.g_clipped

    @abstractmethod
    def rows(self, s: Step) -> Iterator[Row]:
        """The rule itself: its rows, the last of them (NEW, …)."""

    def change(self, s: Step) -> Any:
        """Δw where it has a formula of its own; None where it is the new weight less the old one."""
        return None

    @property
    def kept(self) -> tuple[str, ...]:
        """The rows that the next step looks back at."""
        return tuple(word for word in self.words if word in self.state)

    @property
    def words(self) -> tuple[str, ...]:
        """The rows before the new weight."""
        names = ("w", "g", "rate", "norm", "pull", *self.settings)
        known = {**dict.fromkeys(names, number(1)), "t": 2}
        s = Step(dict(known), Step(dict.fromkeys(self.state, number(1))))
        for word, value in self.step(s):
            s.values[word] = value
        return tuple(word for word in s.values if word not in known and word != NEW)
