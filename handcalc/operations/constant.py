"""y = c, a number that stands in a formula: it has no inputs and is the same for all samples."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import SkipValidation

from handcalc.formula import Formula, Number, evaluate
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Constant(Operation):
    """There is nothing that it could be differentiated by."""

    slots: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[dict[str, Any], ...]] = ()

    formula: Annotated[Any, SkipValidation] = Number(0)

    def output_shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        return np.array([float(evaluate(self.formula, lambda _: 0))])

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        return ()

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        return self.formula
