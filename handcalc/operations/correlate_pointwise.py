"""y_f = b_f + Σ_c p_cf·x_c at every cell: channels are mixed, cells are not, and no size changes."""

from collections.abc import Iterable
from typing import Any, ClassVar

from handcalc.operations._operation import Size
from handcalc.operations._tensor import Shape
from handcalc.operations.correlate import Correlate


class CorrelatePointwise(Correlate):
    """A correlation whose window is one cell; each cell depends on the channels in its place."""

    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (1, 1), "channels": "last", "shapes": ((2, 1, 3), (1, 1, 3, 2), (2,))},
        {"size": (1,), "channels": "first", "shapes": ((2, 3), (3, 2, 1))},
    )

    def sizes(self, *shapes: Shape) -> Iterable[Size]:
        return ()
