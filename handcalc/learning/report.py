"""What is said of a run: a line an epoch; in the end its curve, and what was taken for what."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from handcalc.document import Bar, Block, Cell, Document, Heading, Paragraph, Table, words
from handcalc.errors import count, printable
from handcalc.learning.measure import Measure
from handcalc.learning.run import Run

MOST_ROWS = 20
"""Epochs of a curve that are shown."""
MOST_CLASSES = 20
"""Classes whose confusions are shown."""


def line(epoch: int, own: Measure, held: Measure) -> str:
    """One epoch."""
    parts = [f"epoch {epoch}", *_said(own, "")]
    return ", ".join([*parts, *_said(held, "validation ")] if held.samples else parts)


def stopped(run: Run, path: Path) -> str:
    """A run that was interrupted."""
    made, whole = run.state.step - 1, run.batches.steps
    said = f"Stopped after step {made} of {whole}; {printable(str(path))} has what is learned"
    return f"{said}. The same command with --resume goes on."


def document(run: Run, path: Path, problem: Path | None = None) -> Document:
    """The end of a run, whose learned numbers are in a file, and perhaps in a problem that names them."""
    held = run.tested(run.held, run.state.learned) if len(run.held) else Measure()
    origin = run.networks.problem.origin
    title = f"{run.networks.problem.title or origin.name}, trained"
    return Document(origin.name, title, (*_blocks(run, held, path), *_next(problem)))


def _next(problem: Path | None) -> Iterator[Block]:
    """How it goes on: one sample of the data, by hand."""
    if problem is not None:
        command = f"handcalc solve {shlex.quote(str(problem))} --sample 1"
        yield Heading(2, words("One sample by hand"))
        yield Paragraph(words(printable(command)))


def _blocks(run: Run, held: Measure, path: Path) -> Iterator[Block]:
    made, samples = run.state.step - 1, len(run.examples)
    said = (
        f"{count(made, 'step')} on {count(samples, 'sample')}; {printable(str(path))} is written."
    )
    yield Paragraph(words(said))
    if len(run.state.curve) > 1:
        yield Heading(2, words("Learning curve"))
        yield _curve(run.state.curve)
    if held.samples:
        yield Heading(2, words(f"On {count(held.samples, 'sample')} that were held back"))
        yield Paragraph(words(f"{', '.join(_said(held, ''))}."))
        if held.confused is not None and len(held.confused) <= MOST_CLASSES:
            yield _confusion(held, run.examples.classes)


def _curve(curve: Sequence[tuple[Measure, Measure]]) -> Table:
    """Epochs at equal distances, the first and the last among them, with bars as long as their losses."""
    last = len(curve) - 1
    shown = sorted({round(i * last / (MOST_ROWS - 1)) for i in range(MOST_ROWS)})
    by_loss = any(own.total for own, _ in curve)
    most = max(own.loss for own, _ in curve) or 1.0
    rows: list[tuple[Cell, ...]] = []
    for i in shown:
        own, held = curve[i]
        share = max(0.0, own.loss / most) if by_loss else 1 - (own.accuracy or 0.0)
        cells = [str(i + 1), _number(own.loss), _percent(own.accuracy)]
        cells += [_number(held.loss), _percent(held.accuracy)] if held.samples else []
        rows.append((*cells, words(Bar(min(1.0, share)))))
    header = ["epoch", "loss", "accuracy"]
    header += ["validation loss", "accuracy"] if curve[0][1].samples else []
    return Table((*header, ""), tuple(rows), frozenset(range(len(header))))


def _confusion(held: Measure, classes: Sequence[str]) -> Table:
    """A row for each class, a column for each that it was taken for."""
    assert held.confused is not None
    names = list(classes) or [str(i) for i in range(len(held.confused))]
    rows = tuple(
        (name, *map(str, row)) for name, row in zip(names, held.confused.tolist(), strict=True)
    )
    return Table(("class", *(f"as {n}" for n in names)), rows, frozenset(range(1, len(names) + 1)))


def _said(measure: Measure, whose: str) -> list[str]:
    parts = [f"{whose}loss {_number(measure.loss)}"] if measure.total else []
    if measure.accuracy is not None:
        parts.append(f"{whose}accuracy {_percent(measure.accuracy)}")
    return parts or [f"{whose}loss {_number(measure.loss)}"]


def _number(value: float) -> str:
    return f"{value:.4g}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
