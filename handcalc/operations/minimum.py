"""y = min(a, b, …), cell by cell."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.formula import minimum as smallest
from handcalc.operations._extreme import Extreme

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Minimum(Extreme):
    """∂y/∂a = 1 where a is the smallest, else 0; of equal ones the first is."""

    beyond: ClassVar[str] = "<="

    def of(self, *terms: Formula) -> Formula:
        return smallest(*terms)

    def best(self, stacked: "Array") -> Any:
        return stacked.argmin(axis=0)

    def rule(self) -> str:
        return "only the input that is the smallest moves the minimum; of equal ones the first"
