"""z = W·x + b, one weighted sum a neuron.

W holds a row a neuron (`Wx`) or a row an input (`xW`, `WTx`). The bias is one number for the whole
layer, one a neuron, absent, or the first or last weight of each neuron, multiplied by a constant 1.
Of an array each row, along the last axis, is a list of its own; all rows share the weights.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Formula, number, total
from handcalc.operations._operation import Operation, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor, indices

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Layout = Literal["Wx", "xW", "WTx"]


class Affine(Operation):
    """z_i = Σ_j W_ij x_j + b_i; ∂z_i/∂W_ij = x_j, ∂z_i/∂x_j = W_ij, ∂z_i/∂b_i = 1.

    In z_ri of row r stands x_rj; by a weight there is one path through each row.
    """

    overflows: ClassVar[bool] = True
    slots: ClassVar[tuple[str, ...]] = ("x", "W", "b")
    parameters: ClassVar[tuple[str, ...]] = ("W", "b")
    linear_in: ClassVar[tuple[str, ...]] = ("W", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (2, 3), (2,))},
        {"shapes": ((3,), (2, 3), ())},
        {"shapes": ((3,), (2, 3))},
        {"layout": "xW", "shapes": ((3,), (3, 2), (2,))},
        {"layout": "WTx", "shapes": ((2,), (2, 4), ())},
        {"constant": "first", "shapes": ((2,), (3, 3))},
        {"constant": "last", "layout": "xW", "shapes": ((2,), (3, 3))},
        {"shapes": ((2, 3), (2, 3), (2,))},
        {"layout": "xW", "shapes": ((2, 2, 3), (3, 2), ())},
        {"constant": "first", "shapes": ((3, 2), (2, 3))},
        {"constant": "last", "layout": "WTx", "shapes": ((3, 2), (3, 1))},
    )

    layout: Layout = "Wx"
    constant: Literal["", "first", "last"] = ""

    def output_shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][:-1], shapes[1][0 if self.layout == "Wx" else 1])

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        x, by_neuron = self._with_constant(arrays[0]), self._by_neuron(arrays[1])
        z = x @ by_neuron.T
        if len(arrays) == 3:
            z += arrays[2]

        def sizes() -> "Array":
            own: Array = np.abs(x) @ np.abs(by_neuron).T
            return own + np.abs(arrays[2]) if len(arrays) == 3 else own

        return without_noise(z, sizes)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x, by_neuron = self._with_constant(arrays[0]), self._by_neuron(arrays[1])
        dx = gradient @ by_neuron
        if self.constant:
            dx = dx[..., 1:] if self.constant == "first" else dx[..., :-1]
        dW = _products(gradient, x)
        grads = (dx, dW if self.layout == "Wx" else dW.swapaxes(1, 2))
        if len(arrays) == 2:
            return grads
        shared_by = tuple(range(1, gradient.ndim - arrays[2].ndim))
        return (*grads, _summed(gradient, shared_by))

    def backward_of_batch(
        self, wanted: Collection[int], gradient: "Array", output: "Array", *arrays: "Array"
    ) -> "Mapping[int, Array]":
        if self.constant:
            return super().backward_of_batch(wanted, gradient, output, *arrays)
        found: dict[int, Array] = {}
        x, dz = (a.reshape(-1, a.shape[-1]) for a in (arrays[0], gradient))
        if 0 in wanted:
            found[0] = gradient @ self._by_neuron(arrays[1])
        if 1 in wanted:
            found[1] = dz.T @ x if self.layout == "Wx" else x.T @ dz
        if 2 in wanted:
            found[2] = dz.sum(axis=0) if arrays[2].ndim else dz.sum()
        return found

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, W = tensors[:2]
        *row, neuron = index
        terms = []
        for j in range(W.shape[1 if self.layout == "Wx" else 0]):
            weight, value = W[self._at(neuron, j)], self._input(x, (*row, j))
            terms.append(value * weight if self.layout == "xW" else weight * value)
        if len(tensors) == 3:
            b = tensors[2]
            return total((*terms, b[(neuron,)] if b.shape else b[()]))
        return total(terms)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        *rows, units = self.output_shape(*shapes)
        neurons: Sequence[int] = range(units)
        if slot == 0:
            return tuple((*index[:-1], i) for i in neurons)
        if index:
            neurons = (index[1 if slot == 1 and self.layout != "Wx" else 0],)
        return tuple((*row, i) for row in indices(tuple(rows)) for i in neurons)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        *row, neuron = index
        if slot == 2:
            return number(1)
        if slot == 1:
            return self._input(tensors[0], (*row, by[1 if self.layout == "Wx" else 0]))
        return tensors[1][self._at(neuron, by[-1] + (self.constant == "first"))]

    def _at(self, neuron: int, j: int) -> Index:
        return (neuron, j) if self.layout == "Wx" else (j, neuron)

    def _input(self, x: Tensor, at: Index) -> Formula:
        """The value that a weight of a neuron multiplies: an input, or the constant 1."""
        *row, j = at
        if self.constant == "first":
            return x[(*row, j - 1)] if j else number(1)
        if self.constant == "last" and j == x.shape[-1]:
            return number(1)
        return x[at]

    def _by_neuron(self, W: "Array") -> "Array":
        return W if self.layout == "Wx" else W.T

    def _with_constant(self, x: "Array") -> "Array":
        import numpy as np

        if not self.constant:
            return x
        ones = np.ones((*x.shape[:-1], 1))
        return np.concatenate((ones, x) if self.constant == "first" else (x, ones), axis=-1)


def _products(gradient: "Array", x: "Array") -> "Array":
    """∂E/∂W_ij = Σ_r ∂E/∂z_ri·x_rj, sample by sample; of a list there is nothing to add."""
    import numpy as np

    if x.ndim == 2:
        found: Array = gradient[:, :, None] * x[:, None, :]
        return found
    rows, taken = (a.reshape(len(a), -1, a.shape[-1]) for a in (gradient, x))
    sums = rows.swapaxes(1, 2) @ taken
    return without_noise(sums, lambda: np.abs(rows).swapaxes(1, 2) @ np.abs(taken))


def _summed(gradient: "Array", axes: tuple[int, ...]) -> "Array":
    return (
        without_noise(gradient.sum(axis=axes), abs(gradient).sum(axis=axes)) if axes else gradient
    )
