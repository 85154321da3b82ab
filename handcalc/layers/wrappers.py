"""Layers around a layer: read forwards and backwards, or applied to every step.

Bidirectional is a recurrent layer that reads forwards, and another that reads backwards. Time-distributed
is one layer for every step of a sequence, with the same weights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import WithJsonSchema

from handcalc import layers
from handcalc.fields import Shape, Worded
from handcalc.layers._counted import Counted
from handcalc.layers._layer import Conventions, Layer, Misfit
from handcalc.layers._weights import Part, Weights

_Recurrent = Annotated[Layer, Worded("recurrent layer", layers.load, ("lstm", "gru", "simple_rnn"))]


class Bidirectional(Counted):
    """Twice the weights; the two results stand side by side unless `merge_mode` says otherwise."""

    example: ClassVar[dict[str, Any]] = {"layer": {"lstm": {"units": "3"}}}
    example_input: ClassVar[Shape] = (5, 2)

    layer: _Recurrent
    merge_mode: Literal["concat", "sum", "mul", "ave"] = "concat"

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
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


class TimeDistributed(Counted):
    """The weights of the layer once, and its result for each step."""

    example: ClassVar[dict[str, Any]] = {"layer": {"dense": {"units": "3"}}}
    example_input: ClassVar[Shape] = (4, 2)

    layer: _Any

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) < 2:
            yield Misfit((), f"{called} receives a list, but takes steps × features")
            return
        for wrong in self.layer.misfits(received[1:], conventions, called, values):
            yield replace(wrong, field=("layer", self.layer.word, *wrong.field))

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        inner = self.layer.output_shape(received[1:] or (1,), conventions)
        return None if inner is None else (received[0], *inner)

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        for products in self.layer.products(received[1:], conventions):
            yield replace(products, sizes=(("steps", received[0]), *products.sizes))

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        yield from self.layer.counts(received[1:], conventions)
