"""y = max(a, b, …), cell by cell."""

from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Formula
from handcalc.formula import maximum as largest
from handcalc.operations._extreme import Extreme

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Maximum(Extreme):
    """∂y/∂a = 1 where a is the largest, else 0; of equal ones the first is."""

    beyond: ClassVar[str] = ">="

    def of(self, *terms: Formula) -> Formula:
        return largest(*terms)

    def best(self, stacked: "Array") -> Any:
        return stacked.argmax(axis=0)

    def rule(self) -> str:
        return "only the input that is the largest moves the maximum; of equal ones the first"
