"""y = γ·x + β, with a factor and a term for each place of some axes."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula, number
from handcalc.operations._operation import Operation, or_zero
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class ScaleAndShift(Operation):
    """∂y/∂x = γ, ∂y/∂γ = x, ∂y/∂β = 1; without `scale` there is no γ, without `center` no β."""

    slots: ClassVar[tuple[str, ...]] = ("x", "a", "b")
    parameters: ClassVar[tuple[str, ...]] = ("a", "b")
    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"axes": (0,), "shapes": ((3,), (3,), (3,))},
        {"axes": (1,), "shapes": ((2, 3), (3,), (3,))},
        {"axes": (0,), "center": False, "shapes": ((2, 2), (2,))},
        {"axes": (0,), "scale": False, "shapes": ((2, 2), (2,))},
    )

    axes: tuple[int, ...]
    scale: bool = True
    center: bool = True

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        x, *parameters = arrays
        y = x * self._wide(parameters.pop(0), x) if self.scale else x
        return y + self._wide(parameters.pop(0), x) if self.center else y

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        x = arrays[0]
        parts = [gradient * self._wide(arrays[1], x) if self.scale else gradient * 1.0]
        over = tuple(a + 1 for a in range(x.ndim - 1) if a not in self.axes)
        for there, terms in ((self.scale, gradient * x), (self.center, gradient)):
            if there:
                parts.append(or_zero(terms.sum(axis=over), abs(terms).sum(axis=over)))
        return tuple(parts)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x, *parameters = tensors
        place = self._place(index)
        y: Formula = parameters.pop(0)[place] * x[index] if self.scale else x[index]
        return y + parameters.pop(0)[place] if self.center else y

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        if slot == 0:
            return (index,)
        places = [range(n) for n in shapes[0]]
        for axis, place in zip(self.axes, index, strict=True):
            places[axis] = range(place, place + 1)
        return tuple(product(*places))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        if slot == 0:
            return tensors[1][self._place(index)] if self.scale else number(1)
        return tensors[0][index] if slot == 1 and self.scale else number(1)

    def rule(self) -> str:
        return "the gradient is multiplied by γ on its way back; β lets it pass"

    def rule_of(self, slot: int) -> str:
        return self.rule() if slot == 0 else ""

    def _place(self, index: Index) -> Index:
        return tuple(index[axis] for axis in self.axes)

    def _wide(self, parameter: "Array", x: "Array") -> "Array":
        """One number for each place of the axes, so that it stands beside every x."""
        sizes = [n if axis in self.axes else 1 for axis, n in enumerate(x.shape[1:])]
        return parameter.reshape(sizes)
