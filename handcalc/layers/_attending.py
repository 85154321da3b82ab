"""What attentions share: queries, keys and values from one sequence or several, a scale, a mask."""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, TypeVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import times
from handcalc.fields import Given, Shape, mistake
from handcalc.formula.open_size import OpenSize
from handcalc.layers import _mask_of_scores
from handcalc.layers._counted import Counted
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.layers._mask_of_scores import ScoreMask
from handcalc.layers._scores import Scores
from handcalc.layers._weights import Weights
from handcalc.operations._handle import Handle
from handcalc.operations.reshape import Reshape

T = TypeVar("T")
LETTERS = {"query": "Q", "key": "K", "value": "V"}
PLURALS = {"query": "queries", "key": "keys", "value": "values"}


_WHOSE = {**PLURALS, "output": "output"}
_BELOW = {**LETTERS, "output": "O"}


def weights_label(word: str) -> Label:
    """W_Q, W_K, W_V and W_O: the weights that make queries, keys, values, or the output."""
    heading, given = f"weights of the {_WHOSE[word]}", f"{word} weights of"
    return Label("W", heading, "W", given=given, own=True, below=_BELOW[word])


def bias_label(word: str) -> Label:
    """b_Q, b_K, b_V and b_O: the biases beside them."""
    heading, given = f"biases of the {_WHOSE[word]}", f"{word} bias of"
    return Label("b", heading, "b", given=given, own=True, below=_BELOW[word], role="bias")


def _scale(value: object) -> bool | Given:
    if isinstance(value, bool | Given):
        return value
    if str(value).lower() in ("true", "yes", "false", "no"):
        return str(value).lower() in ("true", "yes")
    given = Given.of(value)
    if given.value <= 0:
        raise mistake(f"is {given.text}; write true for 1/√d, false, or a number above 0")
    return given


ScoreScale = Annotated[
    bool | Given, PlainValidator(_scale), WithJsonSchema({"type": ["boolean", "number", "string"]})
]


def one_row(query: Handle) -> Handle:
    """A query that is a list as the only row of a matrix; a matrix as it is."""
    return query if len(query.shape) > 1 else Reshape(shape=(1, *query.shape))(query)


def as_list(row: Handle) -> Handle:
    """The only row of a matrix as a list."""
    return Reshape(shape=row.shape[1:])(row)


class Attending(Counted):
    """Queries, keys and values, from one sequence or, with `from: {query: a, key: b, value: c}`, from several.

    Without `key` keys are made of what gives the values. A query that is a list is one token.
    """

    takes: ClassVar[tuple[str, ...]] = ("query", "value", "key")

    mask: ScoreMask | None = None

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        words = self.sources.words
        wrong = [word for word in words if word not in self.takes]
        positional = not words and len(shapes) > len(self.takes)
        if wrong or positional or (words and "query" not in words):
            written = "{query: a, key: b, value: b}"
            yield Misfit(
                ("from",), f"{called} takes queries, keys and values; write from: {written}"
            )
            return
        query, key, value = self.three(shapes)
        if len(query) not in (1, 2) or len(key) != 2 or len(value) != 2:
            bad = next(
                s
                for s, ranks in ((query, (1, 2)), (key, (2,)), (value, (2,)))
                if len(s) not in ranks
            )
            said = f"{called} receives {times(bad)} values, but takes a sequence"
            yield Misfit((), f"{said}; give it steps × features")
            return
        if self.tokens_of(key) != self.tokens_of(value):
            said = f"{called} has {self.tokens_of(key)} keys and {self.tokens_of(value)} values"
            yield Misfit(("from",), f"{said}; take both from sequences of one length")
            return
        yield from _mask_of_scores.misfits(
            self.mask, self.queries_in(query), self.tokens_of(key), called
        )
        yield from self.further_misfits(query, key, value, called)

    def further_misfits(
        self, query: Shape, key: Shape, value: Shape, called: str
    ) -> Iterator[Misfit]:
        """What else does not fit."""
        yield from ()

    def three(self, shapes: tuple[T, ...]) -> tuple[T, T, T]:
        """What gives queries, keys and values; one serves for those that are not named."""
        words = self.sources.words or self.takes
        by_word = dict(zip(words, shapes, strict=False))
        query = by_word["query"]
        value = by_word.get("value", by_word.get("key", query))
        return query, by_word.get("key", value), value

    def tokens_of(self, shape: Shape) -> int:
        """How many tokens a sequence has."""
        return shape[0]

    def features_of(self, shape: Shape) -> int:
        """How many numbers a token has."""
        return shape[-1]

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return self.shape_of((received,), conventions)

    def queries_in(self, query: Shape) -> int:
        """How many queries there are: a list is one."""
        return self.tokens_of(query) if len(query) > 1 else 1

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        if self.mask is not None:
            yield _mask_of_scores.said(self.mask)

    @staticmethod
    def says_of_scale(scale: bool | Given) -> Iterator[str]:
        """What the scores are divided by, or multiplied with."""
        if scale is True:
            yield "the scores are divided by √d, the root of the length of a key"
        elif scale is False:
            yield "the scores are not divided by √d (scale: false)"
        else:
            yield f"the scores are multiplied by {scale.text} (scale: {scale.text})"

    def worked_out(self, builder: Builder, *numbers: object) -> bool:
        """Are values worked out: no size is a letter, and there are numbers or it is asked for?"""
        open_size = any(isinstance(size, OpenSize) for h in builder.inputs for size in h.shape)
        return not open_size and builder.works_out(*numbers)

    def how(
        self, query: Shape, key: Shape, scale: bool | Given, *, columns: bool = False
    ) -> Scores:
        """How scores become weights here."""
        rows = _mask_of_scores.rows(self.mask, self.queries_in(query), self.tokens_of(key))
        return Scores(scale, rows, columns)

    def counts_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Weights]:
        return self.weights_for(*self.three(shapes))

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        return self.weights_for(received, received, received)

    def weights_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        """The weights for what gives queries, keys and values."""
        return ()

    def products_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Iterable[Weights]:
        return self.products_for(*self.three(shapes))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        return self.products_for(received, received, received)

    def products_for(self, query: Shape, key: Shape, value: Shape) -> Iterable[Weights]:
        """The products for what gives queries, keys and values."""
        return ()
