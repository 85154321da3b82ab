"""The contract of a layer: a word of the problem file, its fields, and how operations build it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self

from pydantic import Field, PlainValidator, PrivateAttr, WithJsonSchema

from handcalc.fields import Array, Name, Random, Shape, Strict, Truth, mistake
from handcalc.layers._label import Label
from handcalc.layers._weights import Part, Weights
from handcalc.operations._handle import Handle


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something that does not fit what the layer receives: the field, what, and what instead."""

    field: tuple[str | int, ...]
    what: str
    too_small: bool = False
    """Would a larger input help?"""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the whole file settles for all of its layers.

    How weights are kept, where channels stand, whether a size that is no whole number is floored or
    refused, and whose weights are counted where Keras and PyTorch differ.
    """

    product: Literal["Wx", "xW", "WTx"] = "Wx"
    channels: Literal["last", "first"] = "last"
    sizes: Literal["floor", "whole"] = "floor"
    framework: Literal["keras", "pytorch"] = "keras"


class Sources(tuple[str, ...]):  # noqa: SLOT001  # the words stand beside the names
    """The names of layers; `words` say what each of them is to the layer, where the file does."""

    words: tuple[str, ...] = ()


def _sources(value: object) -> Sources:
    """One name, a list of names, or names by what they are to the layer."""
    if isinstance(value, Sources):
        return value
    if isinstance(value, str):
        return Sources((value,))
    if isinstance(value, dict) and value and all(isinstance(v, str) for v in value.values()):
        named = Sources(value.values())
        named.words = tuple(map(str, value))
        return named
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise mistake("expects the name of a layer, or a list of names; write [a, b]")
    return Sources(value)


From = Annotated[
    Sources, PlainValidator(_sources), WithJsonSchema({"type": ["string", "array", "object"]})
]


class Builder(Protocol):
    """What a layer needs to add its quantities to a network."""

    @property
    def conventions(self) -> Conventions:
        """What the file settles for all layers."""

    @property
    def x(self) -> Handle:
        """What the layer receives."""

    @property
    def inputs(self) -> tuple[Handle, ...]:
        """All that a layer receives which takes several inputs."""

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        """A new parameter of the layer."""

    @property
    def samples(self) -> int:
        """How many samples there are."""

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        """Numbers that belong to the layer and are not learned, as a mean that was found before."""

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        """Numbers beside the input, as a mask: the same for all samples, or with the samples as first axis."""

    def whole_numbers(self) -> list[Array] | None:
        """The numbers of the input, sample by sample; None where the layer receives something else."""

    def counted(self, weights: Weights) -> None:
        """Weights that are counted and not worked with."""

    def works_out(self, *numbers: object) -> bool:
        """Are values worked out: are there numbers, or is it asked for?"""

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        """The value of an equation becomes a quantity with a name, which the last one gives on.

        No gradient goes back to `cut`.
        """

    def result(self, word: str, handle: Handle) -> None:
        """What else the layer gives on, as lstm1.h."""


@cache
def _in_snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Layer(Strict, ABC):
    """A layer of the problem file; its fields are the options of its word."""

    example: ClassVar[dict[str, Any]]
    example_input: ClassVar[Shape] = (3,)
    by_unit: ClassVar[bool] = False
    """Are the values of a list named by neurons (h1_out) instead of cells (conv1[2,3])?"""

    called: ClassVar[str] = ""
    """What unnamed layers are called, before they are counted: conv, pool; else the word itself."""

    name: Name | None = None
    at_every_time: ClassVar[bool] = False
    """Are its weights used at every time of a sequence, one behind the other?"""
    takes: ClassVar[tuple[str, ...]] = ()
    """The words of its inputs, where it has several that differ: query, key, value."""

    from_: From = Field(default_factory=Sources, alias="from")
    """The layers whose values it takes, or `input`; else the layer before."""
    trainable: Truth = True
    """Are its weights learned, or frozen?"""

    _shares: str = PrivateAttr(default="")

    @property
    def sources(self) -> Sources:
        """`from:`, with what it names by words in the order in which the layer takes it."""
        known = {word: place for place, word in enumerate(self.takes)}
        pairs = sorted(
            zip(self.from_.words, self.from_, strict=False),
            key=lambda pair: known.get(pair[0], len(known)),
        )
        if not pairs:
            return self.from_
        ordered = Sources(name for _, name in pairs)
        ordered.words = tuple(word for word, _ in pairs)
        return ordered

    @property
    def is_clear(self) -> bool:
        """Is it known what it takes?"""
        return True

    @property
    def shares(self) -> str:
        """The layer whose weights it has, where it is one that is used again."""
        return self._shares

    @property
    def is_used_again(self) -> bool:
        """Is there more than one place at which its weights would be updated?"""
        return bool(self.shares) or self.at_every_time

    def again(self, whose: str, name: str | None, sources: Sources) -> Self:
        """The same layer once more: its name, the layers it takes, and whose weights it has."""
        copy = self.model_copy(update={"name": name, "from_": sources})
        copy._shares = self.shares or whose  # noqa: SLF001  # of the same class
        return copy

    def in_use(self) -> Self:
        """The same layer when nothing is learned any more: nothing is dropped, and running values stay."""
        return self

    @property
    def word(self) -> str:
        """The word of the file: the name of the layer's class in snake case."""
        return _in_snake_case(type(self).__name__)

    @property
    def family(self) -> str:
        """What unnamed layers are called, without the number of axes: conv, pool, dense."""
        return self.called or self.word

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        """What does not fit; `called` names the layer and `values` lists what it receives."""
        yield from ()

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        """What does not fit among all that the layer receives: most layers take one input."""
        if len(shapes) > 1 or self.from_.words:
            yield Misfit(("from",), f"{called} takes one input; name one layer, or add them first")
            return
        yield from self.misfits(shapes[0], conventions, called, values)

    def results_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> dict[str, Shape]:
        """What else it gives on beside its output, by the words behind its name: lstm1.h."""
        return {}

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        """The shape that the layer gives on for all that it receives."""
        return self.output_shape(shapes[0], conventions)

    @abstractmethod
    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        """The shape that the layer gives on, if it can be told."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        """The weights that the layer has for an input of this shape."""
        return ()

    def counts_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Weights]:
        """The weights for all that the layer receives: most layers take one input."""
        return self.counts(shapes[0], conventions)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        """Sentences on options that its formulas hold only as numbers: which layer it is, is said before."""
        return ()

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        """Why its values are not worked out, even where its weights have numbers: what is too large."""
        return ""

    def differs(self, received: Shape, conventions: Conventions) -> str:
        """What is to be said where Keras and PyTorch give different sizes."""
        return ""

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        """The same weights by what they are for, where that is not array by array."""
        return ()

    def roles_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Part]:
        """The roles of the weights for all that the layer receives."""
        return self.roles(shapes[0], conventions)

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        """How many products its convolutions and products of matrices have, each with an addition."""
        return ()

    def products_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Weights]:
        """The products for all that the layer receives."""
        return self.products(shapes[0], conventions)

    @abstractmethod
    def build(self, builder: Builder) -> None:
        """Add the layer's quantities."""
