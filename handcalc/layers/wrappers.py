"""Layers around a layer: read forwards and backwards, or applied to every step.

Bidirectional is a recurrent layer that reads forwards, and another that reads backwards. Time-distributed
is one layer for every step of a sequence, with the same weights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import WithJsonSchema

from handcalc import layers
from handcalc.fields import Array, Random, Shape, Worded, parts
from handcalc.layers._counted import Counted
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._weights import Part, Weights
from handcalc.layers.activation import Activation
from handcalc.layers.dense import Dense
from handcalc.operations._along import Along
from handcalc.operations._composed import as_node
from handcalc.operations._each_step import EachStep, Kind
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._handle import Handle
from handcalc.operations._opaque import Opaque

_Recurrent = Annotated[Layer, Worded("recurrent layer", layers.load, ("lstm", "gru", "simple_rnn"))]


def _of_the_outer(inner: Layer, called: str) -> Iterator[Misfit]:
    """Fields that are said of the layer around another one, not of the one inside."""
    for field in ("name", "from_", "trainable"):
        if field in inner.model_fields_set:
            said = f"{called} is one layer, of which {field.strip('_')} is said as a whole"
            yield Misfit(
                ("layer", inner.word, field.strip("_")),
                f"{said}; write it beside layer:, or leave it out",
            )


class Bidirectional(Counted):
    """Twice the weights; the two results stand side by side unless `merge_mode` says otherwise."""

    example: ClassVar[dict[str, Any]] = {"layer": {"lstm": {"units": "3"}}}
    example_input: ClassVar[Shape] = (5, 2)

    layer: _Recurrent
    merge_mode: Literal["concat", "sum", "mul", "ave"] = "concat"

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from _of_the_outer(self.layer, called)
        for wrong in self.layer.misfits(received, conventions, called, values):
            yield replace(wrong, field=("layer", self.layer.word, *wrong.field))

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        inner = self.layer.output_shape(received, conventions)
        if inner is None or self.merge_mode != "concat":
            return inner
        return (*inner[:-1], 2 * inner[-1])

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        for way in ("forward", "backward"):
            for part in self.layer.roles(received, conventions):
                yield replace(part, name=f"{way}_{part.name}")

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for way in ("forward", "backward"):
            for products in self.layer.products(received, conventions):
                yield replace(products, name=f"{way}_{products.name}")

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for way in ("forward", "backward"):
            for weights in self.layer.counts(received, conventions):
                yield replace(weights, name=f"{way}_{weights.name}")


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

    def name(self, handle: Handle, label: Label) -> Handle:
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
        yield from _of_the_outer(self.layer, called)
        for wrong in self.layer.misfits_of((received[1:],), conventions, called, ""):
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
