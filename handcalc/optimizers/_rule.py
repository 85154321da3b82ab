"""Rules of learning without a loss: a weight moves by a signal of its output, times its own input."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from handcalc.optimizers._optimizer import NEW, Optimizer, Row, Step


class Rule(Optimizer):
    """w_new = w + η·signal·x; a bias has the input 1."""

    counts_mistakes: ClassVar[bool] = False
    """Is an output right or wrong?"""

    @abstractmethod
    def signal(self, z: Any, y: Any, t: Any) -> Any:
        """What drives the weights, from weighted sum, output and target."""

    def rows(self, s: Step) -> Iterator[Row]:
        yield NEW, s.w + s.rate * s.pull
