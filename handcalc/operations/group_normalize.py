"""x̂ = (x - μ)/√(σ² + ε), each value by the mean and the variance of its group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import Given
from handcalc.formula import Formula, Number, sqrt
from handcalc.operations._groups import Grouped
from handcalc.operations._operation import or_zero
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class GroupNormalize(Grouped):
    """∂x̂/∂x = 1/√(σ² + ε), ∂x̂/∂μ = -1/√(σ² + ε), ∂x̂/∂σ² = -1/2 (x - μ)/√(σ² + ε)³.

    Without `centered` there is no mean: x/√(m + ε) with the mean of the squares m. ε may stand outside of the
    root: x/(√m + ε).
    """

    slots: ClassVar[tuple[str, ...]] = ("x", "variance", "mean")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"kept": (0,), "batch": True, "epsilon": "0.1", "shapes": ((2,), (2,), (2,)), "unit": True},
        {"kept": (0,), "epsilon": "0", "shapes": ((2, 3), (2,), (2,)), "unit": True},
        {
            "kept": (0,),
            "groups": 2,
            "epsilon": "1e-3",
            "shapes": ((4, 2), (2,), (2,)),
            "unit": True,
        },
        {"epsilon": "0.01", "centered": False, "shapes": ((3,), ()), "unit": True},
        {"epsilon": "0.01", "outside": True, "shapes": ((3,), (), ()), "unit": True},
    )

    epsilon: Given
    centered: bool = True
    outside: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]  # an option decides
        return ("variance", "mean") if self.batch else ()

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, *arrays: "Array") -> "Array":
        centered, deviation = self._parts(*arrays)
        return centered / deviation

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        centered, deviation = self._parts(*arrays)
        dx = gradient / deviation
        variance = self.spread(arrays[1], arrays[0])
        root = np.sqrt(variance) if self.outside else deviation
        by_variance = -gradient * centered / (2 * root * deviation**2)
        return dx, self._each(by_variance), *([-self._each(dx)] if self.centered else [])

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        variance = tensors[1][self.group(index, tensors[0].shape)]
        return self._centered(index, *tensors) / self._deviation(variance)

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        return (index,) if slot == 0 else tuple(self.members(index, shapes[0]))

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        variance = tensors[1][self.group(index, tensors[0].shape)]
        deviation = self._deviation(variance)
        match slot:
            case 0:
                return 1 / deviation
            case 1 if self.outside:
                return -(self._centered(index, *tensors) / (2 * sqrt(variance) * deviation**2))
            case 1:
                return -(self._centered(index, *tensors) / (2 * deviation**3))
            case _:
                return -(1 / deviation)

    def rule(self) -> str:
        return "the root's slope is one over twice the root; a quotient's denominator comes back squared"

    def no_value(self, *arrays: "Array") -> str:
        if self.epsilon.value and not self.outside:
            return ""
        said = f"divides by the root of a {'variance' if self.centered else 'mean of squares'} that is 0"
        return f"{said}; write epsilon: 1e-5, which is added to it, or other numbers"

    def rule_of(self, slot: int) -> str:
        return self.rule() if slot == 1 else ""

    def _centered(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        return x[index] - tensors[2][self.group(index, x.shape)] if self.centered else x[index]

    def _deviation(self, variance: Formula) -> Formula:
        if self.epsilon.value == 0:
            return sqrt(variance)
        epsilon: Formula = Number(self.epsilon.value, self.epsilon.text)
        return sqrt(variance) + epsilon if self.outside else sqrt(variance + epsilon)

    def _parts(self, *arrays: "Array") -> "tuple[Array, Array]":
        import numpy as np

        x, epsilon = arrays[0], float(self.epsilon.value)
        variance = self.spread(arrays[1], x)
        deviation = np.sqrt(variance) + epsilon if self.outside else np.sqrt(variance + epsilon)
        return x - self.spread(arrays[2], x) if self.centered else x, deviation

    def _each(self, gradient: "Array") -> "Array":
        """Σ over the group, sample by sample: what all samples share gets a part from each."""
        alone = self.model_copy(update={"batch": False})
        return or_zero(alone.summed(gradient), alone.summed(abs(gradient)))
