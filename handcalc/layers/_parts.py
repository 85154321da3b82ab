"""Fields that several layers have: activation and bias."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc import operations
from handcalc.errors import did_you_mean
from handcalc.fields import Array, Random, Shape, Worded, mistake, quoted, read_array
from handcalc.layers._layer import Misfit
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation

Activation = Annotated[
    Operation, Worded("activation", operations.load, tuple(operations.ACTIVATIONS))
]


def only_on_lists(activation: Operation | None, received: Shape, called: str) -> Iterator[Misfit]:
    """Softmax and its like weigh the values of one list against each other."""
    if activation is None or isinstance(activation, Elementwise) or len(received) == 1:
        return
    said = f"{called} has an activation that works on a list of values, not on cells"
    yield Misfit((), f"{said}; write - flatten before it, or sigmoid, tanh, relu")


def bias(*words: str) -> tuple[PlainValidator, WithJsonSchema]:
    """How a bias is read where some words stand for one: numbers, or one of the words."""

    def read(value: object) -> Array | Random | str:
        if isinstance(value, str) and value in words:
            return value
        if isinstance(value, str) and value[:1].isalpha():
            raise mistake(f"{quoted(value)} is no bias{did_you_mean(value, words)}")
        return read_array(value)

    numbers = {"type": ["number", "string", "array", "object"]}
    return PlainValidator(read), WithJsonSchema({"anyOf": [{"enum": list(words)}, numbers]})
