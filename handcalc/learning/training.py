"""From the first step to the last one, or to the moment when somebody stops it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from handcalc import arrays
from handcalc.learning import checkpoint
from handcalc.learning.run import Run

if TYPE_CHECKING:
    from handcalc.learning.measure import Measure

PAUSE = 30.0
"""Seconds between what is saved while it goes on."""


class Watcher(Protocol):
    """Who looks on."""

    def stepped(self, epoch: int, seen: "Measure") -> None:
        """A step is made; `seen` is what its epoch has shown so far."""

    def closed(self, epoch: int, own: "Measure", held: "Measure") -> None:
        """An epoch is over."""

    def stops(self) -> bool:
        """Is it to stop here?"""


def train(run: Run, watcher: Watcher, save: Callable[[bytes], None]) -> bool:
    """Make the steps and save what is learned; was the last one reached?

    A loss without a value leaves what was saved before.
    """
    saved = time.monotonic()
    while not run.done and not watcher.stops():
        over = run.step()
        watcher.stepped(run.epoch, run.state.so_far)
        if over:
            watcher.closed(len(run.state.curve), *run.state.curve[-1])
            if time.monotonic() - saved > PAUSE:
                save(content(run))
                saved = time.monotonic()
    run.refuse_lost()
    save(content(run))
    return run.done


def content(run: Run) -> bytes:
    """The file of a run."""
    return arrays.written(checkpoint.arrays(run))
