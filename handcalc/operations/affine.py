"""z = W·x + b, one weighted sum a neuron.

W holds a row a neuron (`Wx`) or a row an input (`xW`, `WTx`). The bias is one number for the whole
layer, one a neuron, absent, or the first or last weight of each neuron, multiplied by a constant 1.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, number, total
from handcalc.operations._operation import Index, Operation, Shape, Tensor, without_noise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Layout = Literal["Wx", "xW", "WTx"]


class Affine(Operation):
    """z_i = Σ_j W_ij x_j + b_i; ∂z_i/∂W_ij = x_j, ∂z_i/∂x_j = W_ij, ∂z_i/∂b_i = 1."""

    slots: ClassVar[tuple[str, ...]] = ("x", "W", "b")
    parameters: ClassVar[tuple[str, ...]] = ("W", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (2, 3), (2,))},
        {"shapes": ((3,), (2, 3), ())},
        {"shapes": ((3,), (2, 3))},
        {"layout": "xW", "shapes": ((3,), (3, 2), (2,))},
        {"layout": "WTx", "shapes": ((2,), (2, 4), ())},
        {"constant": "first", "shapes": ((2,), (3, 3))},
        {"constant": "last", "layout": "xW", "shapes": ((2,), (3, 3))},
    )

    layout: Layout = "Wx"
    constant: Literal["", "first", "last"] = ""

    def output_shape(self, *shapes: Shape) -> Shape:
        return (shapes[1][0 if self.layout == "Wx" else 1],)

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x, by_neuron = self._with_constant(arrays[0]), self._by_neuron(arrays[1])
        z = x @ by_neuron.T
        size = np.abs(x) @ np.abs(by_neuron).T
        if len(arrays) == 3:
            z, size = z + arrays[2], size + np.abs(arrays[2])
        return without_noise(z, size)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, by_neuron = self._with_constant(arrays[0]), self._by_neuron(arrays[1])
        dx = gradient @ by_neuron
        if self.constant:
            dx = dx[:, 1:] if self.constant == "first" else dx[:, :-1]
        dW = gradient[:, :, None] * x[:, None, :]
        grads = (dx, dW if self.layout == "Wx" else dW.swapaxes(1, 2))
        if len(arrays) == 2:
            return grads
        if arrays[2].ndim:
            return (*grads, gradient)
        return (*grads, without_noise(gradient.sum(axis=1), abs(gradient).sum(axis=1)))

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, W = tensors[:2]
        terms = []
        for j in range(W.shape[1 if self.layout == "Wx" else 0]):
            weight, value = W[self._at(index[0], j)], self._input(x, j)
            terms.append(value * weight if self.layout == "xW" else weight * value)
        if len(tensors) == 3:
            b = tensors[2]
            return total((*terms, b[index] if b.shape else b[()]))
        return total(terms)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        neurons = range(self.output_shape(*shapes)[0])
        if slot == 1:
            return ((index[0 if self.layout == "Wx" else 1],),)
        return (index,) if slot == 2 and index else tuple((i,) for i in neurons)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        if slot == 2:
            return number(1)
        if slot == 1:
            return self._input(tensors[0], by[1 if self.layout == "Wx" else 0])
        return tensors[1][self._at(index[0], by[0] + (self.constant == "first"))]

    def _at(self, neuron: int, j: int) -> Index:
        return (neuron, j) if self.layout == "Wx" else (j, neuron)

    def _input(self, x: Tensor, j: int) -> Formula:
        """The value that the j-th weight of a neuron multiplies: an input, or the constant 1."""
        if self.constant == "first":
            return x[j - 1] if j else number(1)
        if self.constant == "last" and j == x.shape[0]:
            return number(1)
        return x[j]

    def _by_neuron(self, W: "Array") -> "Array":
        return W if self.layout == "Wx" else W.T

    def _with_constant(self, x: "Array") -> "Array":
        import numpy as np

        if not self.constant:
            return x
        ones = np.ones((len(x), 1))
        return np.hstack((ones, x) if self.constant == "first" else (x, ones))
