"""y = [a, b, …] along the channels: each place keeps its place, and has more channels."""

from typing import Any, ClassVar

from handcalc.operations.concatenate import Concatenate


class ConcatenateChannels(Concatenate):
    """The channels add up, those of a before those of b; each number keeps its value."""

    by_cell: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"shapes": ((2, 2, 2), (1, 2, 2))},
        {"axis": 1, "shapes": ((2, 1), (2, 2))},
    )
