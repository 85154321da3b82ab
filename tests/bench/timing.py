"""Timing by ratios: every command in turn, round after round, each compared with its baseline.

Only ratios of one run on one machine are of use, so nothing here knows a limit in seconds.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]

# One thread for products of matrices: several that wait for each other on a busy machine measure that.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# Without byte code each child compiles its modules anew, and unbuffered output is a call a line.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


class Timed(Protocol):
    """Something that can be run once, saying how long it took."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def seconds(self) -> float:
        """Run it once; an error if it fails, as the time of a failure means nothing."""


@dataclass(frozen=True)
class Process:
    """A whole process of this interpreter, from its start to its end."""

    name: str
    arguments: tuple[str, ...]

    def seconds(self) -> float:
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, *self.arguments],
            env=environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - begin

    def imported(self) -> dict[str, float]:
        """The modules it imports, with the milliseconds each one took itself."""
        done = subprocess.run(
            [sys.executable, "-X", "importtime", *self.arguments],
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        found: dict[str, float] = {}
        for line in done.stderr.splitlines():
            own, _, rest = line.removeprefix("import time:").partition("|")
            if rest and own.strip().isdigit():
                found[rest.rpartition("|")[2].strip()] = int(own) / 1000
        return found


@dataclass(frozen=True)
class Call:
    """A function of this process; the garbage collector waits, as it does in the command line."""

    name: str
    function: Callable[[], object]
    prepare: Callable[[], object] = lambda: None

    def seconds(self) -> float:
        self.prepare()
        gc.collect()
        gc.disable()
        try:
            begin = time.perf_counter()
            self.function()
            return time.perf_counter() - begin
        finally:
            gc.enable()


@dataclass(frozen=True)
class Row:
    """A comparison: what is timed, its baseline, and the ratio it should not pass, if there is one."""

    timed: Timed
    baseline: Timed
    budget: float | None = None
    work: float = 1.0
    """How many times as much is done as by the baseline; the ratio is divided by it."""


@dataclass(frozen=True)
class Outcome:
    """What was measured for a row: median seconds, and the median, least and greatest ratio."""

    row: Row
    seconds: float
    baseline_seconds: float
    ratio: float
    low: float
    high: float


def path_first() -> None:
    """This source tree before any other, for what is measured in this process."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))


def handcalc(*arguments: str | Path) -> Process:
    """The program with some arguments; the table shows a file without its folder."""
    shown = (a.name if isinstance(a, Path) else a for a in arguments)
    return Process(" ".join(("handcalc", *shown)), ("-m", "handcalc", *map(str, arguments)))


def python(code: str) -> Process:
    """The interpreter with a line of code."""
    return Process(f"python -c '{code}'", ("-c", code))


def environment() -> dict[str, str]:
    """The environment of the children: this source tree, and byte code kept as users keep it."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return {**kept, "PYTHONPATH": str(ROOT)}


def measure(rows: Sequence[Row], rounds: int) -> list[Outcome]:
    """Every command of the rows in turn, once to warm up and then for each round."""
    commands = list(dict.fromkeys(t for row in rows for t in (row.baseline, row.timed)))
    for command in commands:
        command.seconds()
    times: dict[Timed, list[float]] = {command: [] for command in commands}
    for _ in range(rounds):
        for command in commands:
            times[command].append(command.seconds())
    return [_outcome(row, times[row.timed], times[row.baseline]) for row in rows]


def _outcome(row: Row, own: list[float], base: list[float]) -> Outcome:
    """Ratios round by round: a slow moment of the machine slows both sides of one."""
    ratios = [a / b / row.work for a, b in zip(own, base, strict=True)]
    return Outcome(row, median(own), median(base), median(ratios), min(ratios), max(ratios))
