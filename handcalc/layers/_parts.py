"""Fields that several layers have: activation and bias."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc import operations
from handcalc.errors import count, did_you_mean
from handcalc.fields import Array, Random, Shape, Worded, mistake, quoted, read_array
from handcalc.layers._layer import Conventions, Misfit
from handcalc.operations._along import Along
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation

Activation = Annotated[
    Operation, Worded("activation", operations.load, tuple(operations.ACTIVATIONS))
]


def no_axis(activation: Operation | None, output: Shape, called: str) -> Iterator[Misfit]:
    """Softmax and its like weigh values along an axis, which there must be."""
    if isinstance(activation, Along) and activation.axis > len(output):
        has = count(len(output), "axis")
        said = f"{called} has an activation along axis {activation.axis}, but its values have {has}"
        instead = f"write one from 1 to {len(output)}" if len(output) > 1 else "leave axis out"
        yield Misfit((), f"{said}; {instead}")


def activated(activation: Operation, z: Handle, axis: int, channels: int) -> Handle:
    """f(z), each value by itself; shares along an axis, counted from 1, if the activation names none.

    Along the axis of the channels each place stays by itself.
    """
    if isinstance(activation, Along) and len(z.shape) > 1:
        activation = activation.along(axis, channels)
    return activation(z)


def of_channels(shape: Shape, conventions: Conventions) -> int:
    """The axis of the channels, counted from 1."""
    return 1 if conventions.channels == "first" else len(shape)


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
