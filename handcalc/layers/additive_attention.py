"""Additive attention, as Bahdanau has it: a small network scores each pair of query and key."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.errors import times
from handcalc.fields import Array, Extent, Numbers, Random, Shape
from handcalc.layers._attending import PLURALS, Attending, as_list, one_row
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._scores import weights_of
from handcalc.layers._weights import Weights
from handcalc.operations._handle import Handle
from handcalc.operations.add import Add
from handcalc.operations.affine import Affine
from handcalc.operations.reshape import Reshape
from handcalc.operations.tanh import Tanh


class AdditiveAttention(Attending):
    """s_ij = v·tanh(W·q_i + U·k_j), as Bahdanau has it; A = softmax(S) row by row, Z = A·V.

    `query_weights` W and `key_weights` U have a row for each feature, `score_weights` v a number for each unit.
    """

    example: ClassVar[dict[str, Any]] = {"units": "2"}
    example_input: ClassVar[Shape] = (3, 2)

    units: Extent | None = None
    query_weights: Numbers | None = None
    key_weights: Numbers | None = None
    score_weights: Numbers | None = None

    def units_in(self) -> int | None:
        """How many units score."""
        for numbers in (self.score_weights, self.query_weights, self.key_weights):
            if isinstance(numbers, Array) and numbers.shape:
                return numbers.shape[-1]
        return self.units

    def further_misfits(
        self, query: Shape, key: Shape, value: Shape, called: str
    ) -> Iterator[Misfit]:
        units = self.units_in()
        if units is None:
            yield Misfit((), f"{called} has neither units nor weights; write units: 2")
            return
        for field, shape in (
            ("query_weights", (query[-1], units)),
            ("key_weights", (key[-1], units)),
            ("score_weights", (units,)),
        ):
            numbers = getattr(self, field)
            if isinstance(numbers, Array) and numbers.shape != shape:
                has = times(numbers.shape) if numbers.shape else "one number"
                yield Misfit(
                    (field,), f"{called} has {has} for {field}; write {times(shape)} numbers"
                )

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        query, _, value = self.three(shapes)
        return (*query[:-1], value[-1])

    def weights_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        units = ("units", self.units_in() or 0)
        yield Weights("query_kernel", (("features", query[-1]), units))
        yield Weights("key_kernel", (("features", key[-1]), units))
        yield Weights("score_kernel", (units,))

    def products_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        units, queries = ("units", self.units_in() or 0), ("queries", self.queries_in(query))
        keys = ("keys", key[0])
        yield Weights("query_products", (queries, ("features", query[-1]), units))
        yield Weights("key_products", (keys, ("features", key[-1]), units))
        yield Weights("scores", (queries, keys, units))
        yield Weights("mixing", (queries, keys, ("value_dim", value[-1])))

    def build(self, builder: Builder) -> None:
        if not self.worked_out(builder, self.query_weights, self.key_weights):
            super().build(builder)
            return
        query, key, value = self.three(builder.inputs)
        units = self.units_in()
        assert units is not None
        how = self.how(query.shape, key.shape, False)
        P = self._projected(builder, one_row(query), "W", "query", self.query_weights, units)
        R = self._projected(builder, key, "U", "key", self.key_weights, units)
        n, m = P.shape[0], R.shape[0]
        wide = Add()(Reshape(shape=(n, 1, units))(P), Reshape(shape=(1, m, units))(R))
        hidden = builder.name(
            Tanh()(wide), Label("hidden", "hidden values", "T", own=True, slices="Query")
        )
        label = Label("v", "weights of the scores", "v", given="score weights of", own=True)
        v = builder.parameter(label, (units,), self.score_weights)
        scores = Affine(layout="Wx")(hidden, Reshape(shape=(1, units))(v))
        A = weights_of(builder, Reshape(shape=(n, m))(scores), 1, how)
        Z = A @ value
        builder.name(Z if len(query.shape) > 1 else as_list(Z), OUTPUTS)

    def _projected(
        self,
        builder: Builder,
        x: Handle,
        letter: str,
        word: str,
        numbers: Array | Random | None,
        units: int,
    ) -> Handle:
        label = Label(
            letter, f"weights of the {PLURALS[word]}", letter, given=f"{word} weights of", own=True
        )
        W = builder.parameter(label, (x.shape[-1], units), numbers)
        name = "P" if word == "query" else "R"
        heading = f"projected {PLURALS[word]}"
        return builder.name(x @ W, Label(f"projected_{word}", heading, name, own=True))
