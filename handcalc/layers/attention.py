"""Attention of one head: every query weighs the values by how well their keys go with it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from handcalc.errors import count, times
from handcalc.fields import Array, Extent, Numbers, Random, Shape
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
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._scores import weights_of
from handcalc.layers._weights import Weights
from handcalc.operations._handle import Handle
from handcalc.operations.affine import Affine


class Attention(Attending):
    """Z = softmax(Q·Kᵀ/√d)·V, one head; d is the length of a key.

    `query_weights`, `key_weights` and `value_weights` project, Q = X·W_Q, a row for each feature; without them
    queries, keys and values are what the layer takes. `scale: false` divides by nothing, `scale: 0.5` multiplies.
    `score_weights` makes the scores Q·W·Kᵀ, as Luong's general form. With `tokens: columns` tokens are columns:
    Q = W_Q·X, S = Kᵀ·Q, a softmax for each column, Z = V·A.
    """

    example: ClassVar[dict[str, Any]] = {}
    example_input: ClassVar[Shape] = (3, 2)

    scale: ScoreScale = True
    query_weights: Numbers | None = None
    key_weights: Numbers | None = None
    value_weights: Numbers | None = None
    query_bias: Numbers | None = None
    key_bias: Numbers | None = None
    value_bias: Numbers | None = None
    score_weights: Numbers | None = None
    key_dim: Extent | None = None
    value_dim: Extent | None = None
    tokens: Literal["rows", "columns"] = "rows"

    @property
    def columns(self) -> bool:
        """Are tokens columns?"""
        return bool(self.tokens == "columns")

    def tokens_of(self, shape: Shape) -> int:
        return shape[1] if self.columns else shape[0]

    def features_of(self, shape: Shape) -> int:
        return shape[0] if self.columns else shape[-1]

    def projected(self, word: str) -> bool:
        """Is there a projection to queries, keys or values?"""
        return self._weights(word) is not None or self._size(word) is not None

    def dim(self, word: str, shape: Shape) -> int:
        """How many numbers a query, key or value has."""
        weights = self._weights(word)
        if isinstance(weights, Array) and len(weights.shape) == 2:
            return weights.shape[0 if self.columns else 1]
        return self._size(word) or self.features_of(shape)

    def _weights(self, word: str) -> Array | Random | None:
        found: Array | Random | None = getattr(self, f"{word}_weights")
        return found

    def _size(self, word: str) -> int | None:
        if word != "value":
            return self.key_dim
        return self.value_dim or self.key_dim

    def further_misfits(
        self, query: Shape, key: Shape, value: Shape, called: str
    ) -> Iterator[Misfit]:
        for word, shape in zip(LETTERS, (query, key, value), strict=True):
            weights, features = self._weights(word), self.features_of(shape)
            if isinstance(weights, Array):
                rows = weights.shape[1 if self.columns else 0] if len(weights.shape) == 2 else 0
                if rows != features:
                    said = f"{called} receives tokens of {count(features, 'number')}, but {word}_weights has {times(weights.shape) if weights.shape else 'one number'}"
                    lines = "columns" if self.columns else "rows"
                    yield Misfit(
                        (f"{word}_weights",), f"{said}; write a matrix with {features} {lines}"
                    )
                    return
            elif isinstance(weights, Random) and self._size(word) is None:
                yield Misfit(
                    (f"{word}_weights",),
                    f"{called} draws {word}_weights at random; write key_dim: and how many columns",
                )
                return
        if self.columns and len(query) < 2:
            yield Misfit(
                ("tokens",), f"{called} receives a list and has tokens: columns; write rows"
            )
        q, k = self.dim("query", query), self.dim("key", key)
        wanted = (q, k)
        if self.key_dim is not None and isinstance(self.query_weights, Array) and q != self.key_dim:
            said = (
                f"{called} says key_dim: {self.key_dim} but has weights for queries of {q} numbers"
            )
            yield Misfit(("key_dim",), f"{said}; leave key_dim out")
        if self.score_weights is None and q != k:
            said = f"{called} has queries of {q} numbers and keys of {k}"
            yield Misfit((), f"{said}; give both the same number")
        if isinstance(self.score_weights, Array) and self.score_weights.shape != wanted:
            said = f"{called} has queries of {q} numbers and keys of {k}, but score_weights has {times(self.score_weights.shape)}"
            yield Misfit(("score_weights",), f"{said}; write {times(wanted)} numbers")
        for word, shape in zip(LETTERS, (query, key, value), strict=True):
            bias = getattr(self, f"{word}_bias")
            if bias is None:
                continue
            if self.columns or not self.projected(word):
                where = "with tokens: columns" if self.columns else f"without {word}_weights"
                yield Misfit((f"{word}_bias",), f"{called} has a {word}_bias {where}; leave it out")
            elif isinstance(bias, Array) and bias.shape != (self.dim(word, shape),):
                said = f"{called} has {PLURALS[word]} of {self.dim(word, shape)} numbers"
                yield Misfit((f"{word}_bias",), f"{said}; write a list of as many")

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        query, _, value = self.three(shapes)
        d = self.dim("value", value)
        if len(query) == 1:
            return (d,)
        return (d, self.tokens_of(query)) if self.columns else (self.tokens_of(query), d)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        yield from self.says_of_scale(self.scale)
        if any(map(self.projected, LETTERS)):
            product = "W·X, a column of W" if self.columns else "X·W, a row of W"
            yield f"queries, keys and values are {product} for each feature of a token"
        if self.columns:
            yield "tokens are columns"
        yield from super().says(received, conventions)

    def weights_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        for word, shape in zip(LETTERS, (query, key, value), strict=True):
            if self.projected(word):
                sizes = (
                    ("features", self.features_of(shape)),
                    (f"{word}_dim", self.dim(word, shape)),
                )
                yield Weights(f"{word}_kernel", sizes)
                if getattr(self, f"{word}_bias") is not None:
                    yield Weights(f"{word}_bias", sizes[1:])
        if self.score_weights is not None:
            sizes = (("query_dim", self.dim("query", query)), ("key_dim", self.dim("key", key)))
            yield Weights("score_kernel", sizes)

    def products_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        for word, shape in zip(LETTERS, (query, key, value), strict=True):
            if self.projected(word):
                steps = self.tokens_of(shape) if len(shape) > 1 else 1
                sizes = (
                    ("features", self.features_of(shape)),
                    (f"{word}_dim", self.dim(word, shape)),
                )
                yield Weights(f"{word}_products", (("steps", steps), *sizes))
        queries, keys = ("queries", self.queries_in(query)), ("keys", self.tokens_of(key))
        q, k = self.dim("query", query), self.dim("key", key)
        if self.score_weights is not None:
            yield Weights("score_products", (queries, ("query_dim", q), ("key_dim", k)))
        yield Weights("scores", (queries, keys, ("key_dim", k)))
        yield Weights("mixing", (queries, keys, ("value_dim", self.dim("value", value))))

    def build(self, builder: Builder) -> None:
        words = [word for word in LETTERS if self.projected(word)]
        numbers = [self._weights(word) for word in words]
        if not self.worked_out(
            builder, *numbers, *([self.score_weights] if self.score_weights else [])
        ):
            super().build(builder)
            return
        query, key, value = self.three(builder.inputs)
        how = self.how(query.shape, key.shape, self.scale, columns=self.columns)
        sources = zip(LETTERS, (one_row(query), key, value), strict=True)
        Q, K, V = (self._made(builder, word, x) for word, x in sources)
        d = self.dim("key", key.shape)
        A = weights_of(builder, self._scores(builder, Q, K), d, how)
        Z = V @ A if self.columns else A @ V
        builder.name(Z if len(query.shape) > 1 else as_list(Z), OUTPUTS)

    def _scores(self, builder: Builder, Q: Handle, K: Handle) -> Handle:
        if self.score_weights is not None:
            label = Label(
                "W", "weights of the scores", "W", given="score weights of", own=True, below="S"
            )
            shape = (Q.shape[0], K.shape[0]) if self.columns else (Q.shape[-1], K.shape[-1])
            W = builder.parameter(label, shape, self.score_weights)
            # Of columns Kᵀ·Wᵀ·Q, the transpose of what it is of rows.
            made = W.T @ Q if self.columns else Q @ W
            Q = builder.name(made, Label("QW", "queries times W", "QW", own=True))
        return K.T @ Q if self.columns else Q @ K.T

    def _made(self, builder: Builder, word: str, x: Handle) -> Handle:
        """Q = X·W_Q + b_Q; without weights what the layer takes."""
        if not self.projected(word):
            return x
        letter = LETTERS[word]
        features, d = self.features_of(x.shape), self.dim(word, x.shape)
        shape = (d, features) if self.columns else (features, d)
        W = builder.parameter(weights_label(word), shape, self._weights(word))
        taken = [x, W]
        bias = getattr(self, f"{word}_bias")
        if bias is not None:
            taken.append(builder.parameter(bias_label(word), (d,), bias))
        made = W @ x if self.columns else Affine(layout="xW")(*taken)
        return builder.name(made, Label(letter, PLURALS[word], letter, own=True))
