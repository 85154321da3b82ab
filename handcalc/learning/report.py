"""What is said of a run: a line an epoch; in the end its curve, and what was taken for what."""

import shlex
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path

from handcalc.document import (
    Block,
    Cell,
    Curve,
    Document,
    Heading,
    Paragraph,
    Plot,
    Point,
    Table,
    evenly,
    words,
)
from handcalc.errors import count, printable
from handcalc.learning.measure import Measure
from handcalc.learning.run import Run

MOST_ROWS = 20
"""Epochs in the table."""
MOST_POINTS = 200
"""Epochs in the plot."""
LEAST_EPOCHS = 3
"""Two points say no more than two numbers."""
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
    curve = run.state.curve
    if len(curve) > 1:
        yield Heading(2, words("Learning curve"))
        if len(curve) >= LEAST_EPOCHS:
            yield plot(curve)
        yield _table(curve)
    if held.samples:
        yield Heading(2, words(f"On {count(held.samples, 'sample')} that were held back"))
        yield Paragraph(words(f"{', '.join(_said(held, ''))}."))
        if held.confused is not None and len(held.confused) <= MOST_CLASSES:
            yield _confusion(held, run.examples.classes)


def drawn(run: Run) -> Document:
    """The learning curve alone."""
    origin = run.networks.problem.origin
    return Document(origin.name, "Learning curve", (plot(run.state.curve),))


def plot(curve: Sequence[tuple[Measure, Measure]]) -> Plot:
    """The loss of each epoch, and that of the samples held back; where there is none, the share of wrong answers."""
    by_loss = any(own.total for own, _ in curve)
    what = "loss" if by_loss else "wrong"
    shown = evenly(len(curve), MOST_POINTS)
    curves = [Curve(what, _points(curve, shown, 0, by_loss=by_loss))]
    if curve[0][1].samples:
        curves.append(Curve(f"validation {what}", _points(curve, shown, 1, by_loss=by_loss)))
    said = "mean loss" if by_loss else "share of wrong answers"
    ends = f", from {_number(curves[0].there[0][1])} to {_number(curves[0].there[-1][1])}"
    beside = ", and on the samples held back" if len(curves) > 1 else ""
    epochs = f"in {count(len(curve), 'epoch')}{ends if len(curve) > 1 else ''}"
    few = f" ({len(shown)} of them are drawn)" if len(shown) < len(curve) else ""
    return Plot("epoch", what, f"The {said} {epochs}{few}{beside}.", tuple(curves))


def _points(
    curve: Sequence[tuple[Measure, Measure]], shown: Sequence[int], which: int, *, by_loss: bool
) -> tuple[Point | None, ...]:
    """A point an epoch; none where a measure has no finite value."""
    measures = [(i + 1, curve[i][which]) for i in shown]
    values = [(i, m.loss if by_loss else 1 - (m.accuracy or 0.0)) for i, m in measures]
    return tuple((float(i), value) if isfinite(value) else None for i, value in values)


def _table(curve: Sequence[tuple[Measure, Measure]]) -> Table:
    """Epochs at equal distances, the first and the last among them."""
    rows: list[tuple[Cell, ...]] = []
    for i in evenly(len(curve), MOST_ROWS):
        own, held = curve[i]
        cells = [str(i + 1), _number(own.loss), _percent(own.accuracy)]
        cells += [_number(held.loss), _percent(held.accuracy)] if held.samples else []
        rows.append(tuple(cells))
    header = ["epoch", "loss", "accuracy"]
    header += ["validation loss", "accuracy"] if curve[0][1].samples else []
    return Table(tuple(header), tuple(rows), frozenset(range(len(header))))


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
