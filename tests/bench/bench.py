"""The benchmark: `python tests/bench/bench.py` prints what commands cost beside their baselines.

All comparisons are ratios to a baseline that runs in turn with the command, on this machine; a
budget is kept in mind, not asserted. To add a comparison, add a Row to ROWS: of a Process for a
whole command, of a Call for a function of this process.
"""

import argparse
import platform
import sys
from dataclasses import dataclass
from itertools import groupby

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from timing import ROOT, Outcome, Process, Row, handcalc, measure, path_first, python

BIG = ROOT / "tests" / "bench" / "net-784-128-10.yaml"
SHEET = ROOT / "tests" / "bench" / "net-2-2-2-sheet.yaml"
SIZES = (2, 4, 8, 12)

_START = python("import typer, rich.console")
_SCIENCE = python("import sympy, numpy, rich.console")
_COUNTING = python("import typer, yaml, numpy, rich.table")
_ONE_KEY = handcalc("solve", "net-2-2-2", "dE_dw5")

# Rows with one baseline stand together.
ROWS = (
    Row(handcalc("--help"), _START, 1.3),
    Row(handcalc("list"), _START, 1.3),
    Row(handcalc("solve", "net-2-2-2"), _SCIENCE, 1.2),
    Row(handcalc("solve", "net-2-2-2", "-f", "markdown"), _SCIENCE, 1.2),
    Row(handcalc("solve", "vgg-16"), _COUNTING, 1.5),
    Row(handcalc("check", "net-2-2-2", SHEET), _COUNTING, 1.5),
    Row(handcalc("solve", BIG, "dE_dw17"), _ONE_KEY),  # about 1 and one pass through numpy
)


@dataclass(frozen=True)
class Claim:
    """Libraries that a command does without."""

    process: Process
    without: tuple[str, ...]


CLAIMS = (
    Claim(handcalc("--help"), ("yaml", "pydantic", "numpy", "sympy")),
    Claim(handcalc("list"), ("yaml", "pydantic", "numpy", "sympy")),
    Claim(handcalc("show", "net-2-2-2"), ("sympy",)),
    Claim(handcalc("solve", "vgg-16"), ("sympy",)),
)


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description="What commands cost beside their baselines.")
    parser.add_argument("--rounds", type=int, default=11, help="rounds after a warm-up (11)")
    rounds = max(1, parser.parse_args().rounds)
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"Python {platform.python_version()}, {platform.machine()}, {rounds} rounds")
    console.print(ratios(measure(ROWS, rounds), "Whole processes, each beside its baseline"))
    console.print(_convolution(rounds))
    console.print(_networks(min(rounds, 5)))
    console.print(_training(min(rounds, 5)))
    console.print(_imports())
    console.print(_growth(rounds))


def _convolution(rounds: int) -> Table:
    """The arithmetic alone, beside scipy and loops."""
    path_first()
    import convolution

    return ratios(measure(convolution.ROWS, rounds), "Convolution")


def _networks(rounds: int) -> Table:
    """Deep, wide and long networks; they take seconds, so that fewer rounds do."""
    import graphs

    return ratios(measure(graphs.rows(), rounds), "Networks")


def _training(rounds: int) -> Table:
    """Steps on data, beside a loop of the same ones."""
    import training

    return ratios(measure(training.rows(), rounds), "Training")


def ratios(outcomes: list[Outcome], title: str) -> Table:
    """Each command under its baseline."""
    table = _table(title, "command")
    for header in ("seconds", "ratio", "range", "budget", "within"):
        table.add_column(header, justify="right", no_wrap=True)
    for baseline, group in groupby(outcomes, key=lambda outcome: outcome.row.baseline):
        table.add_section()
        members = list(group)
        table.add_row(baseline.name, f"{members[0].baseline_seconds:.4f}", "1.00", style="dim")
        for outcome in members:
            budget = outcome.row.budget
            table.add_row(
                f"  {outcome.row.timed.name}",
                f"{outcome.seconds:.4f}",
                f"{outcome.ratio:.2f}",
                f"{outcome.low:.2f}-{outcome.high:.2f}",
                "none" if budget is None else f"{budget:.1f}",
                "" if budget is None else "yes" if outcome.ratio <= budget else "NO",
            )
    return table


def _imports() -> Table:
    """Which libraries each command leaves alone, and the module that takes it most time."""
    table = _table(
        "What is not imported", "command", "does without", "", "slowest module by itself"
    )
    table.add_column("modules", justify="right")
    for claim in CLAIMS:
        found = claim.process.imported()
        tops = {module.partition(".")[0] for module in found}
        taken = [word for word in claim.without if word in tops]
        slowest = max(found, key=found.__getitem__)
        table.add_row(
            claim.process.name,
            ", ".join(claim.without),
            f"NO: {', '.join(taken)}" if taken else "ok",
            f"{slowest}, {found[slowest]:.1f} ms",
            str(len(found)),
        )
    return table


def _growth(rounds: int) -> Table:
    """What a line of a full solution costs as networks grow: about the same."""
    path_first()
    from growth import grow

    table = _table("Full solutions, by the lines they print", "network")
    for header in ("parameters", "lines", "milliseconds", "µs a line", "ratio a line", "range"):
        table.add_column(header, justify="right")
    for grown in grow(SIZES, rounds):
        outcome = grown.outcome
        table.add_row(
            outcome.row.timed.name,
            str(grown.parameters),
            str(grown.lines),
            f"{1e3 * outcome.seconds:.0f}",
            f"{1e6 * outcome.seconds / grown.lines:.0f}",
            f"{outcome.ratio:.2f}",
            f"{outcome.low:.2f}-{outcome.high:.2f}",
        )
    return table


def _table(title: str, *headers: str) -> Table:
    return Table(*headers, title=title, title_justify="left", title_style="bold", box=SIMPLE)


if __name__ == "__main__":
    main()
