"""GRU: a state with an update and a reset gate and a candidate."""

from typing import ClassVar

from handcalc.fields import Truth
from handcalc.layers._layer import Conventions
from handcalc.layers._recurrent import Recurrent


class Gru(Recurrent):
    """3·(inputs·units + units·units + 2·units) weights: one set for each of z, r and the candidate.

    With `reset_after: false` there is one bias for each gate, as in the first papers.
    """

    gates: ClassVar[tuple[str, ...]] = ("update_gate", "reset_gate", "candidate")

    reset_after: Truth = True

    def biases(self, conventions: Conventions) -> int:
        return 2 if self.reset_after or conventions.framework == "pytorch" else 1

    def _other(self, several: int) -> str:
        return (
            "reset_after: false has one bias" if several > 1 else "reset_after: true has two biases"
        )
