"""Dense: a = f(W·x + b), every neuron connected with every input."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Annotated, Any, ClassVar

from handcalc.errors import count, times
from handcalc.fields import (
    Array,
    Extent,
    Numbers,
    Random,
    Shape,
    Truth,
)
from handcalc.layers._label import BIAS, OUTPUTS, WEIGHTED_SUMS, WEIGHTS
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import Activation, activated, bias, bias_not_used, has_bias, no_axis
from handcalc.layers._weights import Weights
from handcalc.operations.affine import Affine

Bias = Annotated[Array | Random | str, *bias("none", "first_weight", "last_weight")]


class Dense(Layer):
    """z = W·x + b, then the activation.

    `weights` has a row a neuron, or a row an input where the file's `product` is xW or WTx.
    `bias` is one number for the layer, a list with one a neuron, `none`, or `first_weight` /
    `last_weight`: that weight of each neuron belongs to a constant 1. Without numbers `units` says
    how many neurons there are, each with a bias unless `use_bias: false`. Of an array each row, along
    its last axis, goes through the same neurons.
    """

    by_unit: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"units": "2", "activation": "sigmoid"}

    units: Extent | None = None
    weights: Numbers | None = None
    bias: Bias | None = None
    use_bias: Truth = True
    activation: Activation | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        shape = self._weight_shape()
        if shape is not None:
            return (
                (*received[:-1], shape[0 if conventions.product == "Wx" else 1])
                if len(shape) == 2
                else None
            )
        return None if self.units is None else (*received[:-1], self.units)

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        what = ""
        if self.units is None and self.weights is None:
            what = "has neither weights nor units; write weights: [[…], …] or units: 2"
        elif self.units is None and isinstance(self.weights, Random):
            what = "draws its weights at random; write units: and how many neurons it has"
        if what:
            yield Misfit((), f"{called} {what}")
            return
        if len(received) > 1:
            values = ""
            wanted, more = self._inputs(conventions.product), bool(self._constant)
            if wanted == prod(received) + more and wanted != received[-1] + more:
                said = f"{called} receives {times(received)} values, but takes a list"
                yield Misfit((), f"{said} with these weights; write - flatten before it")
                return
        yield from self._weight_misfits(received[-1], conventions.product, called, values)
        output = self.output_shape(received, conventions)
        yield from self._bias_misfits(output, called)
        yield from no_axis(self.activation, output or received, called)

    def _bias_misfits(self, output: Shape | None, called: str) -> Iterator[Misfit]:
        if isinstance(self.bias, Array) and output and self.bias.shape not in ((), output[-1:]):
            size = count(prod(self.bias.shape), "bias")
            yield Misfit(
                ("bias",),
                f"{called} has {count(output[-1], 'neuron')} but {size}; write one bias for the layer"
                + (f", or a flat list of {output[-1]}, one a neuron" if output[-1] > 1 else ""),
            )
        yield from bias_not_used(self.bias, called, use_bias=self.use_bias)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        output = self.output_shape(received, conventions)
        assert output is not None
        inputs = (("inputs", received[-1] + bool(self._constant)),)
        yield Weights("weights", (*inputs, ("units", output[-1])))
        if self._has_bias:
            one = isinstance(self.bias, Array) and not self.bias.shape
            yield Weights("bias", (("layer", 1) if one else ("units", output[-1]),))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        weights, *_ = self.counts(received, conventions)
        rows = (("rows", prod(received[:-1])),) if len(received) > 1 else ()
        yield Weights("products", (*rows, *weights.sizes))

    def build(self, builder: Builder) -> None:
        received = builder.x.shape
        output = self.output_shape(received, builder.conventions)
        assert output is not None
        layout = builder.conventions.product
        units, inputs = output[-1], received[-1] + bool(self._constant)
        shape = (units, inputs) if layout == "Wx" else (inputs, units)
        taken = [builder.x, builder.parameter(WEIGHTS, shape, self.weights)]
        if self._has_bias:
            numbers = None if isinstance(self.bias, str) else self.bias
            own = self.bias.shape if isinstance(self.bias, Array) else (units,)
            taken.append(builder.parameter(BIAS.of_units(), own, numbers))
        affine = Affine(layout=layout, constant=self._constant)
        outputs, sums = OUTPUTS, WEIGHTED_SUMS
        if len(received) == 1:
            outputs, sums = outputs.of_units(), sums.of_units()
        z = builder.name(affine(*taken), sums if self.activation else outputs)
        if self.activation:
            rows = len(received)
            builder.name(activated(self.activation, z, axis=rows, channels=rows), outputs)

    @property
    def _constant(self) -> str:
        return {"first_weight": "first", "last_weight": "last"}.get(str(self.bias), "")

    @property
    def _has_bias(self) -> bool:
        return not self._constant and has_bias(self.bias, self.weights, use_bias=self.use_bias)

    def _weight_shape(self) -> Shape | None:
        return self.weights.shape if isinstance(self.weights, Array) else None

    def _inputs(self, layout: str) -> int | None:
        """How many values the weights of a neuron are for, a constant 1 included."""
        shape = self._weight_shape()
        return None if shape is None or len(shape) != 2 else shape[1 if layout == "Wx" else 0]

    def _weight_misfits(
        self, inputs: int, layout: str, called: str, values: str
    ) -> Iterator[Misfit]:
        shape = self._weight_shape()
        if shape is None:
            return
        if len(shape) != 2:
            said = (
                f"{called} has weights that are not rows of numbers; write [[0.5, 0.3], [0.1, 0.4]]"
            )
            yield Misfit(("weights",), said)
            return
        neurons, each = shape if layout == "Wx" else shape[::-1]
        wanted = inputs + bool(self._constant)
        constant = " and a constant 1" if self._constant else ""
        if each != wanted:
            said = (
                f"{called} has {count(neurons, 'neuron')} with {count(each, 'weight')} each, "
                f"but receives {count(inputs, 'value')}{constant}"
                + (f": {values}; " if values else " in each row; ")
            )
            if neurons == wanted and layout == "Wx":
                said += "write a row for each neuron, or notation: {product: xW} if each row belongs to an input"
            elif neurons == wanted:
                said += "write a row for each input, or notation: {product: Wx} if each row belongs to a neuron"
            elif layout == "Wx":
                said += f"write {count(wanted, 'number')} in each row"
            else:
                said += f"write {count(wanted, 'row')}, one for each input{constant}"
            yield Misfit(("weights",), said)
        if self.units is not None and self.units != neurons:
            said = (
                f"{called} says units: {self.units} but has weights for {count(neurons, 'neuron')}"
            )
            yield Misfit(("units",), f"{said}; leave units out")
