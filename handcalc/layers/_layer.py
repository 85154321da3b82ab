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


def _sources(value: object) -> tuple[str, ...]:
    """One name, or a list of names."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise mistake("expects the name of a layer, or a list of names; write [a, b]")
    return tuple(value)


Sources = Annotated[
    tuple[str, ...], PlainValidator(_sources), WithJsonSchema({"type": ["string", "array"]})
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

    def name(self, handle: Handle, label: Label) -> Handle:
        """The value of an equation becomes a quantity with a name, which the last one gives on."""


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
    from_: Sources = Field(default=(), alias="from")
    """The layers whose values it takes, or `input`; else the layer before."""
    trainable: Truth = True
    """Are its weights learned, or frozen?"""

    _shares: str = PrivateAttr(default="")

    @property
    def shares(self) -> str:
        """The layer whose weights it has, where it is one that is used again."""
        return self._shares

    def again(self, whose: str, name: str | None, sources: tuple[str, ...]) -> Self:
        """The same layer once more: its name, the layers it takes, and whose weights it has."""
        copy = self.model_copy(update={"name": name, "from_": sources})
        copy._shares = self.shares or whose  # noqa: SLF001  # of the same class
        return copy

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
        if len(shapes) > 1:
            yield Misfit(("from",), f"{called} takes one input; name one layer, or add them first")
            return
        yield from self.misfits(shapes[0], conventions, called, values)

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        """The shape that the layer gives on for all that it receives."""
        return self.output_shape(shapes[0], conventions)

    @abstractmethod
    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        """The shape that the layer gives on, if it can be told."""

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        """The weights that the layer has for an input of this shape."""
        return ()

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        """Sentences on options that its formulas hold only as numbers: which layer it is, is said before."""
        return ()

    def differs(self, received: Shape, conventions: Conventions) -> str:
        """What is to be said where Keras and PyTorch give different sizes."""
        return ""

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        """The same weights by what they are for, where that is not array by array."""
        return ()

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        """How many products its convolutions and products of matrices have, each with an addition."""
        return ()

    @abstractmethod
    def build(self, builder: Builder) -> None:
        """Add the layer's quantities."""
