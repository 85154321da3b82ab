"""Multi-head attention: several heads, each with its queries, keys and values, side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod
from typing import Any, ClassVar

from handcalc.fields import Array, Extent, Numbers, Shape, Truth
from handcalc.layers import _multi_head_misfits
from handcalc.layers._attending import (
    LETTERS,
    PLURALS,
    Attending,
    ScoreScale,
    as_list,
    bias_label,
    one_row,
    weights_label,
)
from handcalc.layers._fitted import relaid
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._scores import weights_of
from handcalc.layers._weights import Part, Weights
from handcalc.operations._handle import Handle
from handcalc.operations.affine import Affine
from handcalc.operations.concatenate import Concatenate
from handcalc.operations.slice import Slice

MOST_HEADS = 1000
"""Heads up to which the layer is worked out; of more of them sizes and weights are counted."""


class MultiHeadAttention(Attending):
    """Projections to queries, keys and values of each head, softmax(Q·Kᵀ/√d)·V, and back to the features.

    `query_weights` and its like are one matrix, of which each head has its run of columns, or a list with a
    matrix for each head. Without `key_dim` each head has its share of the features. `projections: false` gives
    each head its run of the features themselves; `output_weights` is then left out too.
    """

    example: ClassVar[dict[str, Any]] = {"num_heads": "2", "key_dim": "3"}
    example_input: ClassVar[Shape] = (4, 6)

    num_heads: Extent
    key_dim: Extent | None = None
    value_dim: Extent | None = None
    use_bias: Truth = True
    scale: ScoreScale = True
    projections: Truth = True
    query_weights: Numbers | None = None
    key_weights: Numbers | None = None
    value_weights: Numbers | None = None
    output_weights: Numbers | None = None
    query_bias: Numbers | None = None
    key_bias: Numbers | None = None
    value_bias: Numbers | None = None
    output_bias: Numbers | None = None

    # --- sizes --------------------------------------------------------------------------------------

    def dim(self, word: str, features: int) -> int:
        """How many numbers a query, key or value of one head has."""
        own = getattr(self, f"{word}_weights")
        if isinstance(own, Array) and len(own.shape) == 3:
            return own.shape[2]
        if isinstance(own, Array) and len(own.shape) == 2:
            return own.shape[1] // self.num_heads
        if word == "value" and self.value_dim is not None:
            return self.value_dim
        return self.key_dim if self.key_dim is not None else features // self.num_heads

    def by_head(self) -> bool:
        """Do the weights have a matrix for each head?"""
        own = self.query_weights
        return isinstance(own, Array) and len(own.shape) == 3

    def given_numbers(self) -> list[object]:
        """The weights that have numbers."""
        words = (*LETTERS, "output")
        return [n for word in words if (n := getattr(self, f"{word}_weights")) is not None]

    def biased(self, word: str) -> bool:
        """Is there a bias? Beside numbers for the weights it is there if it is given."""
        if not self.use_bias:
            return False
        return getattr(self, f"{word}_bias") is not None or not self.given_numbers()

    def further_misfits(
        self, query: Shape, key: Shape, value: Shape, called: str
    ) -> Iterator[Misfit]:
        return _multi_head_misfits.of(self, query, key, value, called)

    def output_features(self, query: Shape, value: Shape) -> int:
        """How many numbers each token has in the end."""
        if isinstance(self.output_weights, Array) and len(self.output_weights.shape) == 2:
            return self.output_weights.shape[1]
        if self.projects_back():
            return query[-1]
        return self.num_heads * self.dim("value", value[-1])

    def projects_back(self) -> bool:
        """Is there an output projection? Beside numbers for the others it is there if it is given."""
        if not self.projections:
            return False
        return self.output_weights is not None or not self.given_numbers()

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        query, _, value = self.three(shapes)
        return (*query[:-1], self.output_features(query, value))

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        if self.projections:
            yield "queries, keys and values are X·W, a row of W for each feature of a token"
        if self.projections and self.given_numbers():
            own = "matrices of its own" if self.by_head() else "its run of columns of each matrix"
            yield f"each head has {own}"
        elif not self.projections:
            yield "each head has its run of the features"
        yield from self.says_of_scale(self.scale)
        yield from super().says(received, conventions)

    # --- counts -------------------------------------------------------------------------------------

    def weights_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        heads = ("heads", self.num_heads)
        sources = zip(LETTERS, (query, key, value), strict=True)
        for word, shape in sources if self.projections else ():
            size = self.dim(word, shape[-1])
            yield Weights(f"{word}_kernel", (("features", shape[-1]), heads, (f"{word}_dim", size)))
            if self.biased(word):
                yield Weights(f"{word}_bias", (heads, (f"{word}_dim", size)))
        if self.projects_back():
            v, features = self.dim("value", value[-1]), self.output_features(query, value)
            yield Weights("output_kernel", (heads, ("value_dim", v), ("features", features)))
            if self.biased("output"):
                yield Weights("output_bias", (("features", features),))

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        return self.roles_of((received,), conventions)

    def roles_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Part]:
        arrays = list(self.counts_of(shapes, conventions))
        for word in (*LETTERS, "output") if self.use_bias else ():
            own = tuple(w for w in arrays if w.name.startswith(word))
            if own:
                yield Part(word, own)

    def products_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        heads = ("heads", self.num_heads)
        of = {"query": self.queries_in(query), "key": key[0], "value": value[0]}
        for weights in self.weights_for(query, key, value):
            word, _, kind = weights.name.partition("_")
            if kind == "kernel":
                steps = ("steps", of.get(word, of["query"]))
                yield Weights(f"{word}_products", (steps, *weights.sizes))
        queries, keys = ("steps", of["query"]), ("steps", of["key"])
        k, v = self.dim("key", key[-1]), self.dim("value", value[-1])
        yield Weights("scores", (heads, queries, keys, ("key_dim", k)))
        yield Weights("mixing", (heads, queries, keys, ("value_dim", v)))

    def too_large(self, shapes: tuple[Shape, ...], conventions: Conventions) -> str:
        if self.num_heads <= MOST_HEADS:
            return ""
        return f"it has {self.num_heads:,} heads, and up to {MOST_HEADS:,} are worked out"

    # --- equations ----------------------------------------------------------------------------------

    def build(self, builder: Builder) -> None:
        numbers = [getattr(self, f"{w}_weights") for w in LETTERS] if self.projections else []
        shapes = tuple(x.shape for x in builder.inputs)
        if self.too_large(shapes, builder.conventions) or not self.worked_out(builder, *numbers):
            super().build(builder)
            return
        query, key, value = self.three(builder.inputs)
        how = self.how(query.shape, key.shape, self.scale)
        sources = zip(LETTERS, (one_row(query), key, value), strict=True)
        runs = [_Runs(self, builder, word, x) for word, x in sources]
        heads = []
        for head in range(1, self.num_heads + 1):
            Q, K, V = (run.head(head) for run in runs)
            A = weights_of(builder, Q @ K.T, K.shape[-1], how, head)
            heads.append(
                builder.name(
                    A @ V,
                    Label("head", "outputs of the head", "H", own=True, at=head, counts="head"),
                )
            )
        Z = Concatenate(axis=1)(*heads)
        if self.projects_back():
            C = builder.name(Z, Label("concat", "heads side by side", "C", own=True))
            Z = self._back(builder, C, self.output_features(query.shape, value.shape))
        builder.name(Z if len(query.shape) > 1 else as_list(Z), OUTPUTS)

    def _back(self, builder: Builder, C: Handle, features: int) -> Handle:
        shape = (C.shape[-1], features)
        taken = [C, builder.parameter(weights_label("output"), shape, self.output_weights)]
        if self.biased("output"):
            label = bias_label("output")
            taken.append(builder.parameter(label, (features,), self.output_bias))
        return Affine(layout="xW")(*taken)


class _Runs:
    """Queries, keys or values, head by head: runs of columns of one matrix, or a matrix for each head."""

    def __init__(self, layer: MultiHeadAttention, builder: Builder, word: str, x: Handle) -> None:
        self.builder, self.word, self.x = builder, word, x
        self.size, self.letter = layer.dim(word, x.shape[-1]), LETTERS[word]
        self.W: list[Handle] = []
        self.b: Handle | None = None
        if not layer.projections:
            return
        own = getattr(layer, f"{word}_weights")
        each = isinstance(own, Array) and len(own.shape) == 3
        shape = (x.shape[-1], self.size * (1 if each else layer.num_heads))
        for head in range(layer.num_heads if each else 1):
            numbers = Array(own.texts[head], own.shape[1:]) if each else own
            at = head + 1 if each else None
            label = replace(weights_label(word), at=at, counts="head")
            self.W.append(builder.parameter(label, shape, numbers))
        if layer.biased(word):
            given = getattr(layer, f"{word}_bias")
            if isinstance(given, Array) and len(given.shape) == 2:
                given = relaid(given, (prod(given.shape),))
            self.b = builder.parameter(bias_label(word), (self.size * layer.num_heads,), given)

    def head(self, head: int) -> Handle:
        """Q_i = X·W_Q, with the columns of head i."""
        start = (head - 1) * self.size
        run = {"start": start, "stop": start + self.size}
        if not self.W:
            made = Slice(**run, rank=2, axis=1)(self.x)
        else:
            several = len(self.W) > 1
            W = self.W[head - 1] if several else Slice(**run, rank=2, axis=1)(self.W[0])
            taken = [self.x, W]
            if self.b is not None:
                taken.append(Slice(**run, rank=1)(self.b))
            made = Affine(layout="xW")(*taken)
        return self.builder.name(
            made,
            Label(self.letter, PLURALS[self.word], self.letter, own=True, at=head, counts="head"),
        )
