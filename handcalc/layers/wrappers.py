"""Layers around a layer: read forwards and backwards, or applied to every step.

Bidirectional is a recurrent layer that reads forwards, and another that reads backwards. Time-distributed
is one layer for every step of a sequence, with the same weights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import WithJsonSchema

from handcalc import layers
from handcalc.errors import times
from handcalc.fields import Array, Random, Shape, Worded, parts
from handcalc.layers._counted import Counted
from handcalc.layers._label import OUTPUTS, Label, Way
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._recurrent import Recurrent
from handcalc.layers._weights import Part, Weights
from handcalc.layers.activation import Activation
from handcalc.layers.dense import Dense
from handcalc.operations._along import Along
from handcalc.operations._composed import as_node
from handcalc.operations._each_step import EachStep, Kind
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._handle import Handle
from handcalc.operations._opaque import Opaque
from handcalc.operations.average import Average
from handcalc.operations.concatenate import Concatenate
from handcalc.operations.stack import Stack

_Recurrent = Annotated[Layer, Worded("recurrent layer", layers.load, ("lstm", "gru", "simple_rnn"))]


def _of_the_outer(inner: Layer, called: str) -> Iterator[Misfit]:
    """Fields that are said of the layer around another one, not of the one inside."""
    for field in ("name", "from_", "trainable"):
        if field in inner.model_fields_set:
            said = f"{called} is one layer, of which {field.strip('_')} is said as a whole"
            yield Misfit((field.strip("_"),), f"{said}; write it beside layer:, or leave it out")


class Bidirectional(Counted):
    """A recurrent layer that reads forwards and one that reads backwards; their states side by side.

    `merge_mode` puts them together in another way: sum, mul, ave. `backward_layer` is another layer, or the
    same one with weights of its own; it is needed where `layer` has numbers.
    """

    at_every_time: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"layer": {"lstm": {"units": "3"}}}
    example_input: ClassVar[Shape] = (5, 2)

    layer: _Recurrent
    backward_layer: _Recurrent | None = None
    merge_mode: Literal["concat", "sum", "mul", "ave"] = "concat"

    @property
    def ways(self) -> "dict[Way, Recurrent]":
        """The layer that reads forwards and the one that reads backwards."""
        assert isinstance(self.layer, Recurrent)
        other = self.backward_layer or self.layer
        assert isinstance(other, Recurrent)
        return {"forward": self.layer, "backward": other}

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        for field, inner in (("layer", self.layer), ("backward_layer", self.backward_layer)):
            if inner is None:
                continue
            for wrong in (
                *_of_the_outer(inner, called),
                *inner.misfits(received, conventions, called, values),
            ):
                yield replace(wrong, field=(field, inner.word, *wrong.field))
        forward, backward = self.ways.values()
        numbers = forward.weights is not None
        if numbers and self.backward_layer is None:
            said = f"{called} has numbers for the layer that reads forwards"
            yield Misfit((), f"{said}; write backward_layer: with those of the other")
            return
        shapes = [inner.output_shape(received, conventions) for inner in (forward, backward)]
        rest = [s[:-1] if s and self.merge_mode == "concat" else s for s in shapes]
        if None not in shapes and rest[0] != rest[1]:
            said = f"{called} puts {times(shapes[0] or ())} and {times(shapes[1] or ())} values together"
            yield Misfit(("backward_layer",), f"{said}; give both layers the same sizes")

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        forward, backward = (w.output_shape(received, conventions) for w in self.ways.values())
        if forward is None or backward is None or self.merge_mode != "concat":
            return forward
        return (*forward[:-1], forward[-1] + backward[-1])

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        said = {way: list(inner.says(received, conventions)) for way, inner in self.ways.items()}
        if said["forward"] == said["backward"]:
            yield from said["forward"]
            return
        for way, sentences in said.items():
            yield from (f"{way}, {sentence}" for sentence in sentences)

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        parts = {w: list(inner.roles(received, conventions)) for w, inner in self.ways.items()}
        for way, inner in self.ways.items() if any(parts.values()) else ():
            whole = Part("layer", tuple(inner.counts(received, conventions)))
            for part in parts[way] or [whole]:
                yield replace(part, name=f"{way}_{part.name}")

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for way, inner in self.ways.items():
            for products in inner.products(received, conventions):
                yield replace(products, name=f"{way}_{products.name}")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for way, inner in self.ways.items():
            for weights in inner.counts(received, conventions):
                yield replace(weights, name=f"{way}_{weights.name}")

    def build(self, builder: Builder) -> None:
        if not all(inner.worked_out(builder) for inner in self.ways.values()):
            super().build(builder)
            return
        steps = range(builder.x.shape[0])
        states = []
        for way, inner in self.ways.items():
            order = steps if way == "forward" else steps[::-1]
            made = inner.through_time(_OneWay(builder, way), order)
            states.append(Stack()(*made) if inner.return_sequences else made[order[-1]])
        builder.name(self._merged(*states), OUTPUTS)

    def _merged(self, forward: Handle, backward: Handle) -> Handle:
        match self.merge_mode:
            case "concat":
                return Concatenate(axis=len(forward.shape) - 1)(forward, backward)
            case "sum":
                return forward + backward
            case "mul":
                return forward * backward
            case "ave":
                return Average()(forward, backward)


class _OneWay:
    """What a layer needs to build, for one of two directions: its labels say which."""

    def __init__(self, whole: Builder, way: Way) -> None:
        self.whole, self.way = whole, way

    @property
    def conventions(self) -> Conventions:
        return self.whole.conventions

    @property
    def samples(self) -> int:
        return self.whole.samples

    @property
    def x(self) -> Handle:
        return self.whole.x

    @property
    def inputs(self) -> tuple[Handle, ...]:
        return self.whole.inputs

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.whole.parameter(self._this_way(label), shape, numbers)

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.whole.state(self._this_way(label), shape, numbers)

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.whole.given(self._this_way(label), shape, numbers)

    def whole_numbers(self) -> list[Array] | None:
        return self.whole.whole_numbers()

    def counted(self, weights: Weights) -> None:
        self.whole.counted(weights)

    def works_out(self, *numbers: object) -> bool:
        return self.whole.works_out(*numbers)

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        return self.whole.name(handle, self._this_way(label), cut)

    def result(self, word: str, handle: Handle) -> None:
        self.whole.result(f"{self.way}_{word}", handle)

    def _this_way(self, label: Label) -> Label:
        given = label.given and f"{self.way} {label.given}"
        return replace(label, way=self.way, given=given)


_WORDS = tuple(w for w in layers.LAYERS if w not in ("time_distributed", "bidirectional"))
# To editors any layer is said once, in `layers:`.
_Any = Annotated[
    Layer,
    Worded("layer", layers.load, _WORDS),
    WithJsonSchema({"type": ["string", "object"]}),
]


class _Steps:
    """A sequence as a layer sees one step of it; its equations hold for every step, with the same weights."""

    def __init__(self, whole: Builder) -> None:
        self.whole, self.steps = whole, whole.x.shape[0]
        self.x = Handle(whole.x.shape[1:], whole.x.name)
        self.inputs: tuple[Handle, ...] = (self.x,)
        self.kinds: dict[str, Kind] = {whole.x.name: "steps"}

    @property
    def conventions(self) -> Conventions:
        return self.whole.conventions

    @property
    def samples(self) -> int:
        return self.whole.samples

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.whole.parameter(label, shape, numbers), "all")

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.whole.state(label, shape, numbers), "all")

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.whole.given(label, shape, numbers), "sample")

    def whole_numbers(self) -> list[Array] | None:
        found = self.whole.whole_numbers()
        return None if found is None else [step for numbers in found for step in parts(numbers)]

    def counted(self, weights: Weights) -> None:
        self.whole.counted(weights)

    def works_out(self, *numbers: object) -> bool:
        return self.whole.works_out(*numbers)

    def result(self, word: str, handle: Handle) -> None:
        """Nothing that a step gives on beside its output has a name."""

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        operation, names = as_node(handle)
        shape = (self.steps, *handle.shape)
        inputs = tuple(Handle((), name) for name in names)
        each = operation
        if isinstance(operation, Opaque):
            each = Opaque(shape=shape)
        elif not isinstance(operation, Elementwise):
            kinds = tuple(self.kinds[name] for name in names)
            each = EachStep(inside=operation, kinds=kinds, steps=self.steps)
        cells = replace(label, by_unit=False, passing=False)
        made = self.whole.name(Handle(shape, operation=each, inputs=inputs), cells)
        return self._shared(Handle(handle.shape, made.name), "steps")

    def _shared(self, handle: Handle, kind: Kind) -> Handle:
        self.kinds[handle.name] = kind
        return handle


class TimeDistributed(Layer):
    """y_t = f(x_t) for each step t: the weights of the layer once, and its result for each step.

    Numbers that the layer has beside its input, as a mask, are the same for all steps.
    """

    example: ClassVar[dict[str, Any]] = {"layer": {"dense": {"units": "3"}}}
    example_input: ClassVar[Shape] = (4, 2)

    layer: _Any

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) < 2:
            yield Misfit((), f"{called} receives a list, but takes steps × features")
            return
        for wrong in (
            *_of_the_outer(self.layer, called),
            *self.layer.misfits_of((received[1:],), conventions, called, ""),
        ):
            yield replace(wrong, field=("layer", self.layer.word, *wrong.field))

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        inner = self.layer.output_shape(received[1:] or (1,), conventions)
        return None if inner is None else (received[0], *inner)

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for products in self.layer.products(received[1:], conventions):
            yield replace(products, sizes=(("steps", received[0]), *products.sizes))

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.layer.counts(received[1:], conventions)

    def build(self, builder: Builder) -> None:
        self.layer.build(builder if _row_by_row(self.layer) else _Steps(builder))


def _row_by_row(layer: Layer) -> bool:
    """Does a layer do the same with each row of an array anyway, along its last axis?"""
    if not isinstance(layer, Dense | Activation):
        return False
    function = layer.activation if isinstance(layer, Dense) else layer.function
    return not (isinstance(function, Along) and function.axis)
