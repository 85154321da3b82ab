"""y = p/(a·b): products of rows p over the lengths a and b of those rows, their cosine."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Axes = tuple[int, ...]


class Cosine(Operation):
    """∂y/∂p = 1/(a·b), ∂y/∂a = -y/a, ∂y/∂b = -y/b."""

    slots: ClassVar[tuple[str, ...]] = ("p", "a", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((1,), (1,), (1,)), "positive": True},
        {"first": (0,), "second": (1,), "shapes": ((2, 3), (2,), (3,)), "positive": True},
        {"second": (0,), "shapes": ((3,), (1,), (3,)), "positive": True},
    )

    first: Axes = ()
    """The axes of p that a has; without any it is one length for all."""
    second: Axes = ()

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        p, a, b = self._leveled(*arrays)
        return p / (a * b)

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        p, *lengths = self._leveled(*arrays)
        parts = [gradient / (lengths[0] * lengths[1])]
        for length, array, own in zip(lengths, arrays[1:], (self.first, self.second), strict=True):
            others = tuple(k + 1 for k in range(p.ndim - 1) if k not in own)
            parts.append((-gradient * output / length).sum(axis=others).reshape(array.shape))
        return tuple(parts)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        p, a, b = tensors
        return p[index] / (a[_at(index, self.first)] * b[_at(index, self.second)])

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            return (index,)
        own = dict(zip((self.first, self.second)[slot - 1], index, strict=False))
        axes = ((own[k],) if k in own else range(n) for k, n in enumerate(shapes[0]))
        return tuple(product(*axes))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        a, b = tensors[1][_at(index, self.first)], tensors[2][_at(index, self.second)]
        return 1 / (a * b) if slot == 0 else -(output[index] / (a if slot == 1 else b))

    def rule(self) -> str:
        return "the cosine grows with the product, and comes closer to 0 as either length grows"

    def _leveled(self, p: "Array", a: "Array", b: "Array") -> "list[Array]":
        """The lengths with axes of size 1 where those of the other stand."""
        found = [p]
        for length, own in ((a, self.first), (b, self.second)):
            sizes = (n if k in own else 1 for k, n in enumerate(p.shape[1:]))
            found.append(length.reshape(len(p), *sizes))
        return found


def _at(index: Index, axes: Axes) -> Index:
    return tuple(index[k] for k in axes) or (0,)
