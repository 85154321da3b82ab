"""Which tokens an attention may look at: all, those before, or as rows of ones and zeros say."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import times
from handcalc.fields import Array, mistake, read_array
from handcalc.layers._layer import Misfit
from handcalc.operations._tensor import indices

CAUSAL = "causal"


def _read(value: object) -> str | Array:
    if value == CAUSAL or isinstance(value, Array):
        return value
    if isinstance(value, str):
        raise mistake(f"'{value[:20]}' is no mask; write causal, or rows such as [[1, 0], [1, 1]]")
    numbers = read_array(value)
    if not isinstance(numbers, Array) or len(numbers.shape) != 2:
        raise mistake("expects causal, or a row of ones and zeros for each query")
    wrong = [at for at in indices(numbers.shape) if numbers.exact(at) not in (0, 1)]
    if wrong:
        text = numbers.text(wrong[0])
        raise mistake(f"has {text}; write 1 for a token that is looked at, 0 for one that is not")
    return numbers


ScoreMask = Annotated[
    str | Array, PlainValidator(_read), WithJsonSchema({"type": ["string", "array"]})
]


def rows(mask: str | Array | None, queries: int, keys: int) -> tuple[str, ...]:
    """A row of digits for each query; () without a mask."""
    if mask is None:
        return ()
    if isinstance(mask, Array):
        return tuple(
            "".join("1" if mask.exact((i, j)) else "0" for j in range(keys)) for i in range(queries)
        )
    return tuple("1" * min(i + 1, keys) + "0" * (keys - i - 1) for i in range(queries))


def misfits(mask: str | Array | None, queries: int, keys: int, called: str) -> Iterator[Misfit]:
    """A mask of another size, or one that forbids a query everything."""
    if not isinstance(mask, Array):
        return
    if mask.shape != (queries, keys):
        said = f"{called} has {queries} queries and {keys} keys, but its mask has {times(mask.shape)} numbers"
        yield Misfit(("mask",), f"{said}; write a row for each query, with a number for each key")
        return
    for i, row in enumerate(rows(mask, queries, keys)):
        if "1" not in row:
            said = f"forbids query {i + 1} every key, so that there is nothing to share among"
            yield Misfit(("mask", i), f"{said}; write at least one 1 in this row")


def said(mask: str | Array) -> str:
    """The mask in words."""
    if mask == CAUSAL:
        return "token i looks at tokens 1 to i alone (mask: causal): the others get the weight 0, as if their score were -∞"
    return "what the mask forbids gets the weight 0, as if its score were -∞"
