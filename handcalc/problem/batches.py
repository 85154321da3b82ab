"""Which samples each step of training sees."""

import random
from dataclasses import dataclass
from functools import cached_property


@dataclass
class Batches:
    """The samples of every step, counted from 0: so many at a time, in their order, over and over."""

    samples: int
    size: int
    steps: int
    order: tuple[int, ...] = ()
    """The order of the samples in every epoch, counted from 1; () is that of the file."""
    seed: int | None = None
    """Where each epoch has another order."""

    @property
    def per_epoch(self) -> int:
        """Steps in which every sample has its turn."""
        return -(-self.samples // self.size)

    @property
    def whole(self) -> bool:
        """Does every step see all samples?"""
        return self.size >= self.samples

    def at(self, step: int) -> tuple[int, ...]:
        """The samples of one step, which is counted from 1."""
        if self.whole:
            return tuple(range(self.samples))
        epoch, place = divmod(step - 1, self.per_epoch)
        own = self._order(epoch)
        return own[place * self.size : (place + 1) * self.size]

    def epoch(self, step: int) -> int:
        """The epoch of a step, counted from 1."""
        return (step - 1) // self.per_epoch + 1

    def _order(self, epoch: int) -> tuple[int, ...]:
        if self.seed is None:
            return self._given
        if epoch not in self._shuffled:
            self._shuffled.clear()
            own = list(range(self.samples))
            random.Random(f"{self.seed} {epoch}").shuffle(own)  # noqa: S311  # an order, no secret
            self._shuffled[epoch] = tuple(own)
        return self._shuffled[epoch]

    @cached_property
    def _given(self) -> tuple[int, ...]:
        return tuple(i - 1 for i in self.order) or tuple(range(self.samples))

    @cached_property
    def _shuffled(self) -> dict[int, tuple[int, ...]]:
        return {}
