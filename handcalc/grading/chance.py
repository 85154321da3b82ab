"""One test for all mistakes: how probable is it that a wrong number fits a mistake by accident?

A number typed with the unit u that has nothing to do with the step is any of the N = 2·max(|typed|, |key|)/u + 1
numbers of its size. n of them lie within what the mistake gives, and those mistakes that were tried before
it had their chance too: together t of them.

A slip of the pen fits one answer: P = t/N. A mistake that is made again and again and fits k of the K wrong
answers in which it can be seen fits them by accident with P = C(K, k)·Π n/N, times t/n once.

Simulated with numbers drawn at random in place of right ones (tests/bench/marking.py), LEVEL names fewer than one
in a thousand of them.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

LEVEL = 0.002
"""A mistake is named where chance explains its fit no better than this."""
GUESS = 0.1
"""Up to here it is said with "as if", and what one wrong formula gives is charged once: a doubt is the student's."""


@dataclass
class Fit:
    """The answers that one mistake explains, for some students at once."""

    students: int
    systematic: bool
    steps: dict[int, "Array"] = field(default_factory=dict)
    """For whom it gives the number of a step, by the number of the step."""
    alone: dict[int, "Array"] = field(default_factory=dict)
    """t/N of each."""
    tried: Any = 0
    """K: in how many wrong answers it could be seen."""
    _shares: Any = 0.0
    _before: Any = 0.0

    def seen(self, rows: "Array") -> None:
        """One more wrong answer of some students in which the mistake would show."""
        self.tried = self.tried + rows

    def gives(self, step: int, rows: "Array", share: "Array", so_far: "Array") -> None:
        """It gives the number of a step: n/N and t/N of these students."""
        import numpy as np

        known = self.steps.get(step, np.zeros(self.students, bool))
        self.steps[step] = known | rows
        self.alone[step] = np.where(rows, so_far, self.alone.get(step, np.ones(self.students)))
        with np.errstate(all="ignore"):
            self._shares = self._shares + np.where(rows, np.log(share), 0.0)
            self._before = np.maximum(self._before, np.where(rows, np.log(so_far / share), 0.0))

    @cached_property
    def count(self) -> "Array":
        """k: how many answers it explains, when all have been tried."""
        import numpy as np

        return np.sum([rows.astype(np.int32) for rows in self.steps.values()], axis=0)

    def probability(self, step: int) -> "Array":
        """That the fit is an accident."""
        import numpy as np

        return (
            np.where(self.steps[step], self._together, 1.0) if self.systematic else self.alone[step]
        )

    @cached_property
    def _together(self) -> "Array":
        """C(K, k)·Π n/N, times t/n once: the same for all answers that it explains."""
        import numpy as np

        k, many = self.count, np.maximum(self.tried, self.count)
        logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(many.max()) + 1)))])
        choices = logs[many] - logs[k] - logs[many - k]
        together: Array = np.minimum(np.exp(choices + self._shares + self._before), 1.0)
        return together
