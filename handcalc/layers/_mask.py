"""The mask of dropout: 0 for a value that is dropped, 1 for one that is kept; written or drawn."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, ValidationError, WithJsonSchema

from handcalc.fields import Array, Given, Shape, Strict, Texts, Whole, mistake, read_array
from handcalc.fields.strict import wrong_at
from handcalc.number import Exact, is_decimal, parse, plain
from handcalc.operations._tensor import Index, indices

MOST_PLACES = 6
"""Decimals up to which a factor is written as a decimal; 10/7 stays a fraction."""


class Seed(Strict):
    """A mask that is drawn, the same on every machine; each sample has its own."""

    seed: Whole

    def array(self, shape: Shape, rate: Exact, stream: str) -> Array:
        """0 with probability `rate`; `stream` keeps masks of one seed apart."""
        import random

        # Python promises that random() gives the same numbers for a seed in every version.
        draw = random.Random(f"{self.seed}:{stream}").random  # noqa: S311  # not for secrets
        dropped = {index for index in indices(shape) if draw() < rate}
        return laid_out(shape, lambda index: "0" if index in dropped else "1")


def laid_out(shape: Shape, text: Callable[[Index], str]) -> Array:
    """An array whose elements are found one by one."""

    def below_index(index: Index) -> Texts:
        if len(index) == len(shape):
            return text(index)
        return tuple(below_index((*index, i)) for i in range(shape[len(index)]))

    return Array(below_index(()), shape)


def _read_mask(value: object) -> Array | Seed:
    if isinstance(value, dict) and set(value) != {"seed"}:
        raise mistake("expects numbers or a seed; write [1, 0, 1] or {seed: 3}")
    if isinstance(value, dict):
        return Seed.model_validate(value)
    found = value if isinstance(value, Array | Seed) else read_array(value)
    assert isinstance(found, Array | Seed)
    if isinstance(found, Array):
        wrong: list[Any] = [
            wrong_at(
                f"is {found.text(at)}; write 1 for a value that is kept, 0 for a dropped one", *at
            )
            for at in indices(found.shape)
            if found.exact(at) not in (0, 1)
        ]
        if wrong:
            raise ValidationError.from_exception_data("mask", wrong)
    return found


def _below_one(rate: Given) -> Given:
    if not 0 <= rate.value < 1:
        raise mistake(f"is {rate.text}; write the share that is dropped, from 0 to below 1")
    return rate


Rate = Annotated[Given, AfterValidator(_below_one)]
MaskOrSeed = Annotated[
    Array | Seed,
    PlainValidator(_read_mask),
    WithJsonSchema({"type": ["array", "number", "string", "object"]}),
]


def exactly(value: Exact) -> Given:
    """A factor as a person writes it without loss: 1.25, 10/7; of an irrational one all its digits."""
    if isinstance(value, float):
        return Given(f"{value:.15g}", value)
    text = plain(value) if is_decimal(value, MOST_PLACES) else str(value)
    return Given(text, parse(text))
