"""Maxout: each neuron is the largest of several weighted sums, its pieces (Goodfellow et al. 2013)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from handcalc.errors import count, times
from handcalc.fields import Array, Extent, Numbers, Random, Shape, Truth
from handcalc.layers._label import BIAS, OUTPUTS, WEIGHTED_SUMS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.layers._parts import bias, bias_not_used, has_bias
from handcalc.layers._weights import Weights
from handcalc.operations.affine_pieces import AffinePieces
from handcalc.operations.row_maximum import RowMaximum

Bias = Annotated[Array | Random | str, *bias("none")]
WEIGHTS = Label("weights", "weights", "w", given="weights of")


class Maxout(Layer):
    """h_i = max over k of (W_ik·x + b_ik); of equal pieces the first wins and gets the gradient.

    `weights` has for each neuron a row for each piece, units × pieces × inputs; where the file's `product`
    is xW or WTx it is inputs × units × pieces. `bias` is units × pieces, or `none`. Without numbers `units` and
    `pieces` say how many there are, each piece with a bias unless `use_bias: false`.
    """

    by_unit: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"units": "2", "pieces": "2"}

    units: Extent | None = None
    pieces: Extent | None = None
    weights: Numbers | None = None
    bias: Bias | None = None
    use_bias: Truth = True

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        sizes = self._sizes(conventions)
        return None if sizes is None or len(received) != 1 else sizes[:1]

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        if len(received) > 1:
            said = f"{called} receives {times(received)} values, but takes a list"
            yield Misfit((), f"{said}; write - flatten before it")
            return
        if not isinstance(self.weights, Array):
            if self.units is None or self.pieces is None:
                said = f"{called} has no numbers for its weights and not both sizes"
                yield Misfit((), f"{said}; write units: 2 and pieces: 3")
            return
        sizes = self._sizes(conventions)
        by_neuron = conventions.product == "Wx"
        if sizes is None:
            shape = "units × pieces × inputs" if by_neuron else "inputs × units × pieces"
            said = f"{called} has weights of {times(self.weights.shape)}, which is not {shape}"
            yield Misfit(("weights",), f"{said}; write [[[0.5, 0.3], [0.1, 0.4]]]")
            return
        each = self.weights.shape[-1 if by_neuron else 0]
        if each != received[0]:
            has = f"{count(each, 'weight')} in each piece"
            said = f"{called} has {has}, but receives {count(received[0], 'value')}"
            listed = f": {values}" if values else ""
            instead = times((*sizes, received[0]) if by_neuron else (received[0], *sizes))
            yield Misfit(("weights",), f"{said}{listed}; write {instead} numbers")
        yield from self._other_sizes(sizes, called)

    def _other_sizes(self, sizes: Shape, called: str) -> Iterator[Misfit]:
        """What is said beside the weights and does not agree with them."""
        for field, said, own in zip(
            ("units", "pieces"), (self.units, self.pieces), sizes, strict=True
        ):
            if said is not None and said != own:
                what = f"{called} says {field}: {said} but has weights for {own}"
                yield Misfit((field,), f"{what}; leave {field} out")
        if isinstance(self.bias, Array) and self.bias.shape != sizes:
            what = f"{called} has {times(sizes)} pieces but {times(self.bias.shape or (1,))} biases"
            yield Misfit(("bias",), f"{what}; write a row for each neuron, one bias for each piece")
        yield from bias_not_used(self.bias, called, use_bias=self.use_bias)

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        each = {
            "Wx": "W_ik·x + b_ik, a row of W_i for each piece",
            "xW": "x·W_ik + b_ik, with W as inputs × units × pieces",
            "WTx": "W_ikᵀ·x + b_ik, with W as inputs × units × pieces",
        }[conventions.product]
        yield f"h_i is the largest of its pieces {each}; of equal pieces the first gets the gradient"

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        sizes = self._sizes(conventions)
        assert sizes is not None
        named = tuple(zip(("units", "pieces"), sizes, strict=True))
        yield Weights("weights", (("inputs", received[0]), *named))
        if self._has_bias:
            yield Weights("bias", named)

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        weights, *_ = self.counts(received, conventions)
        yield Weights("products", weights.sizes)

    def build(self, builder: Builder) -> None:
        layout = builder.conventions.product
        inputs, sizes = builder.x.shape, self._sizes(builder.conventions)
        assert sizes is not None
        shape = (*sizes, *inputs) if layout == "Wx" else (*inputs, *sizes)
        label = replace(WEIGHTS, slices="Neuron" if layout == "Wx" else "Input")
        taken = [builder.x, builder.parameter(label, shape, self.weights)]
        if self._has_bias:
            numbers = None if isinstance(self.bias, str) else self.bias
            taken.append(builder.parameter(BIAS, sizes, numbers))
        z = builder.name(AffinePieces(layout=layout)(*taken), WEIGHTED_SUMS)
        builder.name(RowMaximum()(z), OUTPUTS.of_units())

    @property
    def _has_bias(self) -> bool:
        return has_bias(self.bias, self.weights, use_bias=self.use_bias)

    def _sizes(self, conventions: Conventions) -> Shape | None:
        """Units and pieces."""
        if isinstance(self.weights, Array):
            shape = self.weights.shape
            if len(shape) != 3:
                return None
            return shape[:2] if conventions.product == "Wx" else shape[1:]
        return None if self.units is None or self.pieces is None else (self.units, self.pieces)
