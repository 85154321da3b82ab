"""What an answer often is whatever the numbers are: 0 behind a ReLU, one of its numbers as a maximum.

No other numbers mend that, so that it is told and not held against a problem.
"""

import random
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handcalc.formula import Leaf, leaves
from handcalc.grading.carrying import evaluated
from handcalc.grading.lint.variants import Variants, differ
from handcalc.grading.step import Step
from handcalc.network import Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

ROWS = 64
OFTEN = 0.5
"""Of all draws: the gradient that a maximum does not pass on is 0 in most of them."""


class Nature:
    """One answer with random numbers in its own formula, each number by itself."""

    def __init__(self, step: Step, draws: Variants) -> None:
        self.step, self.draws = step, draws

    @cached_property
    def _values(self) -> "dict[Leaf, Array]":
        import numpy as np

        found: dict[Leaf, Array] = {}
        for leaf in (leaf for route in self.step.routes for leaf in leaves(route)):
            if leaf not in found:
                number = random.Random(leaf.key).uniform  # noqa: S311  # not for secrets
                found[leaf] = np.array([number(-2, 2) for _ in range(ROWS)])
        return found

    @cached_property
    def _answers(self) -> "list[Array]":
        """Along each way to it; what names no numbers is left out."""
        import numpy as np

        with np.errstate(all="ignore"):
            every = (evaluated(route, self._values.__getitem__) for route in self.step.routes)
            return [np.broadcast_to(np.asarray(one, float), ROWS) for one in every if np.ndim(one)]

    def is_often(self, guess: float) -> bool:
        """Is it this number again and again?"""
        return any((one == guess).any() for one in self._answers) or self._is_mostly(guess)

    def takes(self, ref: Ref) -> bool:
        """Is it one of its own numbers just as it stands?"""
        own = self._values.get(self.step.steps.leaf(ref))
        if own is not None and any((one == own).any() for one in self._answers):
            return True
        return self._is_mostly(self.draws.value(ref))

    def _is_mostly(self, other: "Array | float") -> bool:
        import numpy as np

        value = self.draws.value(self.step.ref)
        apart = differ(value, np.broadcast_to(np.asarray(other, float), value.shape))
        return float(np.mean(~apart)) >= OFTEN
