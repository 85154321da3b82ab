"""A recurrent layer that reads a sequence forwards, and another that reads it backwards."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from handcalc import layers
from handcalc.errors import times
from handcalc.fields import Array, Random, Shape, Worded
from handcalc.layers._around import Inner, said_of_the_outer
from handcalc.layers._counted import Counted
from handcalc.layers._label import OUTPUTS, Label, Way
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._recurrent import Recurrent
from handcalc.layers._weights import Part, Weights
from handcalc.operations._handle import Handle
from handcalc.operations.average import Average
from handcalc.operations.concatenate import Concatenate
from handcalc.operations.stack import Stack

_Recurrent = Annotated[Layer, Worded("recurrent layer", layers.load, ("lstm", "gru", "simple_rnn"))]


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
                *said_of_the_outer(inner, called),
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

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        found = (inner.too_large(shapes, conventions) for inner in self.ways.values())
        return next(filter(None, found), "")

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        said = {way: list(inner.says(received, conventions)) for way, inner in self.ways.items()}
        if said["forward"] == said["backward"]:
            yield from said["forward"]
            return
        for way, sentences in said.items():
            yield from (f"{way}, {sentence}" for sentence in sentences)

    def results_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> dict[str, Shape]:
        return {
            f"{way}_{word}": shape
            for way, inner in self.ways.items()
            for word, shape in inner.results_of(shapes, conventions).items()
        }

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


class _OneWay(Inner):
    """What a layer needs to build, for one of two directions: its labels say which."""

    def __init__(self, outer: Builder, way: Way) -> None:
        super().__init__(outer)
        self.way = way

    def parameter(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.outer.parameter(self._this_way(label), shape, numbers)

    def state(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.outer.state(self._this_way(label), shape, numbers)

    def given(self, label: Label, shape: Shape, numbers: Array | Random | None) -> Handle:
        return self.outer.given(self._this_way(label), shape, numbers)

    def name(self, handle: Handle, label: Label, cut: Handle | None = None) -> Handle:
        return self.outer.name(handle, self._this_way(label), cut)

    def result(self, word: str, handle: Handle) -> None:
        self.outer.result(f"{self.way}_{word}", handle)

    def _this_way(self, label: Label) -> Label:
        given = label.given and f"{self.way} {label.given}"
        return replace(label, way=self.way, given=given)
