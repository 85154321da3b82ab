"""Training as it is watched: a bar on a terminal, a line an epoch in a pipe; Ctrl-C ends it."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from handcalc.errors import UsageError, count
from handcalc.learning import Measure, Run, Watcher, report


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Has Ctrl-C been pressed? Pressed again it interrupts at once."""
    pressed = False

    def press(_: int, __: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def refuse_no_epoch(run: Run) -> None:
    """A learning curve has a point an epoch; that there will be none is said before the first step."""
    if run.batches.steps < run.batches.per_epoch:
        said = f"--curve: {count(run.batches.steps, 'step')} are no whole epoch, so that there is no curve"
        what = f"an epoch has {run.batches.per_epoch}; write --epochs, or leave --curve out"
        raise UsageError(f"{said}; {what}")


@contextmanager
def watching(run: Run, stopped: Callable[[], bool]) -> Iterator[Watcher]:
    """Who looks on, on a terminal or at the end of a pipe."""
    if not sys.stderr.isatty():
        yield _Lines(stopped)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=run.batches.steps, completed=run.state.step - 1)
        yield _Bar(stopped, bar, task)


class _Lines:
    """A line an epoch on standard output."""

    def __init__(self, stops: Callable[[], bool]) -> None:
        self.stops = stops

    def stepped(self, epoch: int, seen: Measure) -> None:
        """A step has no line."""

    def closed(self, epoch: int, own: Measure, held: Measure) -> None:
        print(report.line(epoch, own, held), flush=True)


class _Bar:
    """Loss and accuracy beside a bar of steps."""

    def __init__(self, stops: Callable[[], bool], bar: Any, task: Any) -> None:
        self.stops, self.bar, self.task = stops, bar, task

    def stepped(self, epoch: int, seen: Measure) -> None:
        said = report.line(epoch, seen, Measure()) if seen.samples else None
        self.bar.update(self.task, advance=1, description=said)

    def closed(self, epoch: int, own: Measure, held: Measure) -> None:
        self.bar.update(self.task, description=report.line(epoch, own, held))
