"""Dense: a = f(W·x + b), every neuron connected with every input."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from handcalc import operations
from handcalc.fields import (
    Array,
    Count,
    Numbers,
    Random,
    Shape,
    Truth,
    Worded,
    read_array,
)
from handcalc.layers._layer import Builder, Layer, Misfit
from handcalc.operations._operation import Operation
from handcalc.operations.affine import Affine

Activation = Annotated[
    Operation, Worded("activation", operations.load, tuple(operations.ACTIVATIONS))
]
_BIAS_WORDS = ("none", "first_weight", "last_weight")


def _read_bias(value: object) -> Array | Random | str:
    if isinstance(value, str) and value in _BIAS_WORDS:
        return value
    return read_array(value)


Bias = Annotated[
    Array | Random | str,
    PlainValidator(_read_bias),
    WithJsonSchema(
        {"anyOf": [{"enum": list(_BIAS_WORDS)}, {"type": ["number", "string", "array", "object"]}]}
    ),
]


class Dense(Layer):
    """z = W·x + b, then the activation.

    `weights` has a row a neuron, or a row an input where the file's `product` is xW or WTx.
    `bias` is one number for the layer, a list with one a neuron, `none`, or `first_weight` /
    `last_weight`: that weight of each neuron belongs to a constant 1. Without numbers `units` says
    how many neurons there are, each with a bias unless `use_bias: false`.
    """

    family: ClassVar[str] = "dense"
    example: ClassVar[dict[str, Any]] = {"units": "2", "activation": "sigmoid"}

    units: Count | None = None
    weights: Numbers | None = None
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    def output_shape(self, received: Shape, layout: str) -> Shape | None:
        shape = self._weight_shape()
        units = self.units
        if units is None and shape is not None:
            units = shape[0 if layout == "Wx" else 1]
        return None if units is None else (*received[:-1], units)

    def misfits(self, received: Shape, layout: str, called: str, values: str) -> Iterator[Misfit]:
        if len(received) != 1:
            yield Misfit(
                (),
                f"{called} receives {_by(received)} values; a dense layer takes a list, put a flatten layer before it",
            )
            return
        if self.units is None and self._weight_shape() is None:
            yield Misfit(
                (), f"{called} has neither weights nor units; write weights: [[…], …] or units: 2"
            )
            return
        yield from self._weight_misfits(received[0], layout, called, values)
        output = self.output_shape(received, layout)
        if isinstance(self.bias, Array) and output and self.bias.shape not in ((), output):
            yield Misfit(
                ("bias",),
                f"{called} has {output[0]} neurons but {_by(self.bias.shape)} biases; "
                f"write one bias for the layer or {output[0]}, one a neuron",
            )
        if not self.use_bias and self.bias not in (None, "none"):
            yield Misfit(
                ("bias",), f"{called} has a bias and says use_bias: false; leave one of them out"
            )

    def build(self, builder: Builder) -> None:
        source, received = builder.received()
        output = self.output_shape(received, builder.layout)
        assert output is not None
        units, inputs = output[0], received[0] + bool(self._constant)
        shape = (units, inputs) if builder.layout == "Wx" else (inputs, units)
        slots = [source, builder.parameter("weights", shape, self.weights)]
        if self._has_bias:
            numbers = None if isinstance(self.bias, str) else self.bias
            own = self.bias.shape if isinstance(self.bias, Array) else (units,)
            slots.append(builder.parameter("bias", own, numbers))
        affine = Affine(layout=builder.layout, constant=self._constant)
        z = builder.apply(affine, tuple(slots), "in" if self.activation else "out")
        if self.activation:
            builder.apply(self.activation, (z,), "out")

    @property
    def _constant(self) -> str:
        return {"first_weight": "first", "last_weight": "last"}.get(str(self.bias), "")

    @property
    def _has_bias(self) -> bool:
        if self._constant or self.bias == "none" or not self.use_bias:
            return False
        return self.bias is not None or self.weights is None

    def _weight_shape(self) -> Shape | None:
        return self.weights.shape if isinstance(self.weights, Array) else None

    def _weight_misfits(
        self, inputs: int, layout: str, called: str, values: str
    ) -> Iterator[Misfit]:
        shape = self._weight_shape()
        if shape is None:
            return
        if len(shape) != 2:
            yield Misfit(
                ("weights",),
                f"{called} has weights in {len(shape)} dimensions; write rows: [[0.5, 0.3], [0.1, 0.4]]",
            )
            return
        neurons, each = shape if layout == "Wx" else shape[::-1]
        wanted = inputs + bool(self._constant)
        constant = " and a constant 1" if self._constant else ""
        if each != wanted:
            said = (
                f"{called} has {neurons} neurons with {each} weights each, but receives "
                f"{inputs} values{constant}: {values}; "
            )
            if neurons == wanted:
                other = "xW" if layout == "Wx" else "Wx"
                rows = "an input" if layout == "Wx" else "a neuron"
                said += f"write a row {'a neuron' if layout == 'Wx' else 'an input'}, or notation: {{product: {other}}} if a row belongs to {rows}"
            elif layout == "Wx":
                said += f"write {wanted} numbers in each row"
            else:
                said += f"write {wanted} rows, one an input{constant}"
            yield Misfit(("weights",), said)
        if self.units is not None and self.units != neurons:
            yield Misfit(
                ("units",),
                f"{called} says units: {self.units} but has weights for {neurons} neurons; leave units out",
            )


def _by(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "1"
