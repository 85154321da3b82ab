"""Fields that several layers have: activation and bias."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc import operations
from handcalc.errors import count, did_you_mean
from handcalc.fields import Array, Random, Shape, Worded, mistake, quoted, read_array
from handcalc.layers._label import OUTPUTS, WEIGHTED_SUMS
from handcalc.layers._layer import Builder, Conventions, Misfit
from handcalc.operations._along import Along
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation

Activation = Annotated[
    Operation,
    Worded(
        "activation",
        operations.load,
        tuple(operations.ACTIVATIONS),
        meaning=operations.OTHER_WORDS,
    ),
]


def no_axis(activation: Operation | None, output: Shape, called: str) -> Iterator[Misfit]:
    """Softmax and its like weigh values along an axis, which there must be."""
    if isinstance(activation, Along) and activation.axis > len(output):
        has = count(len(output), "axis")
        said = f"{called} has an activation along axis {activation.axis}, but its values have {has}"
        instead = f"write one from 1 to {len(output)}" if len(output) > 1 else "leave axis out"
        yield Misfit((), f"{said}; {instead}")


def no_axis_of_channels(
    activation: Operation | None, output: Shape, rank: int, called: str
) -> Iterator[Misfit]:
    """What works along the channels of values that have no axis for them."""
    shares = isinstance(activation, Along) and not activation.axis
    if shares and 1 < len(output) == rank:
        said = f"{called} has an activation that works along channels, but no axis for them"
        yield Misfit(
            (), f"{said}; write the input with one, or name an axis: {{softmax: {{axis: 2}}}}"
        )


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


def name_outputs(builder: Builder, values: Handle, activation: Operation | None) -> None:
    """The values of a layer with channels; with an activation they are weighted sums, and f of them follows."""
    y = builder.name(values, WEIGHTED_SUMS if activation else OUTPUTS)
    if activation:
        at = of_channels(y.shape, builder.conventions)
        builder.name(activated(activation, y, axis=at, channels=at), OUTPUTS)


def has_bias(given: Array | Random | str | None, weights: object, *, use_bias: bool) -> bool:
    """Is there a bias? Beside numbers for the weights it is there if it is given."""
    if given == "none" or not use_bias:
        return False
    return given is not None or weights is None


def bias_not_used(
    given: Array | Random | str | None, called: str, *, use_bias: bool
) -> Iterator[Misfit]:
    """A bias that is given where none is to be used."""
    if not use_bias and given not in (None, "none"):
        yield Misfit(("bias",), f"{called} has a bias and says use_bias: false; leave one out")


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
