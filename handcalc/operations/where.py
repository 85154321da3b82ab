"""y = a where a condition holds, otherwise b."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from handcalc.formula import Case, Cases, Formula
from handcalc.operations._together import Together

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Where(Together):
    """y = a if u > v, otherwise b; the numbers that are compared have the slope 0."""

    slots: ClassVar[tuple[str, ...]] = ("u", "v", "a", "b")
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((3,), (3,), (3,), (3,))},
        {"relation": "<=", "shapes": ((2, 1), (1, 1), (2, 3), (1, 3))},
    )

    relation: Literal[">", ">=", "<", "<="] = ">"

    def of(self, *terms: Formula) -> Formula:
        u, v, a, b = terms
        return Cases((Case(a, u, self.relation, v),), b)

    def values(self, *arrays: "Array") -> "Array":
        import numpy as np

        return np.where(self._holds(arrays), arrays[2], arrays[3])

    def slopes(self, *arrays: "Array") -> "tuple[Array | float, ...]":
        holds = self._holds(arrays)
        return 0.0, 0.0, holds * 1.0, 1.0 - holds

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        return bool(np.any(arrays[0] == arrays[1]))

    def rule(self) -> str:
        return "the slope is that of the case that holds"

    def _holds(self, arrays: "tuple[Array, ...]") -> "Array":
        import numpy as np

        compare = {
            ">": np.greater,
            ">=": np.greater_equal,
            "<": np.less,
            "<=": np.less_equal,
        }[self.relation]
        holds: Array = compare(arrays[0], arrays[1])
        return holds
