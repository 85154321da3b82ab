"""One layer applied to every step of a sequence, with the same weights."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import WithJsonSchema

from handcalc import layers
from handcalc.fields import Array, Random, Shape, Worded, parts
from handcalc.layers._around import Inner, said_of_the_outer
from handcalc.layers._beside import UnfitError
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._weights import Weights
from handcalc.layers.activation import Activation
from handcalc.layers.dense import Dense
from handcalc.operations._along import Along
from handcalc.operations._composed import as_node
from handcalc.operations._each_step import EachStep, Kind
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._handle import Handle
from handcalc.operations._opaque import Opaque

_WORDS = tuple(w for w in layers.LAYERS if w not in ("time_distributed", "bidirectional"))
# To editors any layer is said once, in `layers:`.
_Any = Annotated[
    Layer,
    Worded("layer", layers.load, _WORDS),
    WithJsonSchema({"type": ["string", "object"]}),
]


class _Steps(Inner):
    """A sequence as a layer sees one step of it; its equations hold for every step, with the same weights."""

    def __init__(self, outer: Builder) -> None:
        super().__init__(outer)
        self.steps = outer.x.shape[0]
        self.x = Handle(outer.x.shape[1:], outer.x.name)
        self.inputs = (self.x,)
        self.kinds: dict[str, Kind] = {outer.x.name: "steps"}

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.outer.parameter(label, shape, numbers), "all")

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.outer.state(label, shape, numbers), "all")

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self._shared(self.outer.given(label, shape, numbers), "sample")

    def whole_numbers(self) -> list[Array] | None:
        found = self.outer.whole_numbers()
        return None if found is None else [step for numbers in found for step in parts(numbers)]

    def result(self, word: str, handle: Handle) -> None:
        """Nothing that a step gives on beside its output has a name."""

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        operation, names = as_node(handle)
        if operation.of_batch:
            said = "of a step by itself there is no mean over all samples"
            instead = (
                "write batch_normalization without time_distributed, over all samples and steps"
            )
            raise UnfitError(Misfit(("layer",), f"{said}; {instead}"))
        shape = (self.steps, *handle.shape)
        inputs = tuple(Handle((), name) for name in names)
        each = operation
        if isinstance(operation, Opaque):
            each = Opaque(shape=shape)
        elif not isinstance(operation, Elementwise):
            kinds = tuple(self.kinds[name] for name in names)
            each = EachStep(inside=operation, kinds=kinds, steps=self.steps)
        cells = replace(label, by_unit=False, passing=False)
        made = self.outer.name(Handle(shape, operation=each, inputs=inputs), cells)
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
            *said_of_the_outer(self.layer, called),
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

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        return self.layer.too_large((shapes[0][1:],), conventions)

    def build(self, builder: Builder) -> None:
        self.layer.build(builder if _row_by_row(self.layer) else _Steps(builder))


def _row_by_row(layer: Layer) -> bool:
    """Does a layer do the same with each row of an array anyway, along its last axis?"""
    if not isinstance(layer, Dense | Activation):
        return False
    function = layer.activation if isinstance(layer, Dense) else layer.function
    return not (isinstance(function, Along) and function.axis)
