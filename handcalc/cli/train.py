"""`handcalc train PROBLEM --data PATH -o trained.npz`: the same formulas on data, batch after batch."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import Ascii, Force, Problem, Width

STOPPED = 130


def train(
    problem: Problem,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The learned numbers, a .npz file.", show_default=False
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="IDX (MNIST), .npz with x and y, .csv with names, or a folder of images by class.",
            show_default="the file's",
        ),
    ] = None,
    target: Annotated[
        str, typer.Option("--target", help="The column of the targets of a .csv.")
    ] = "",
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="The IDX file of the targets.", show_default=False),
    ] = None,
    divide: Annotated[
        float | None,
        typer.Option(
            "--divide",
            min=0.001,
            max=100_000,
            help="Divide inputs, pixels by 255.",
            show_default="the file's, or 1",
        ),
    ] = None,
    written: Annotated[
        Path | None,
        typer.Option(
            "--problem",
            help="A problem file too, with what is learned: one sample by hand.",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, max=1_000_000, show_default="the file's, or 1")
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", min=1, max=1_000_000, show_default="the file's, or all"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", help="Shuffle the samples of each epoch.", show_default="the file's order"
        ),
    ] = None,
    validation: Annotated[
        float, typer.Option("--validation", min=0, max=0.99, help="Share of samples held back.")
    ] = 0.0,
    curve: Annotated[
        Path | None,
        typer.Option(
            "--curve", help="Draw the learning curve into this file, a .svg.", show_default=False
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the output file was left.")
    ] = False,
    force: Force = False,
    width: Width = None,
    ascii: Ascii = False,
) -> None:
    """Train the network of a problem on data; Ctrl-C saves what is learned, --resume goes on from there."""
    from handcalc.cli._output import emit, refuse_drawing, write_drawing
    from handcalc.cli._training import refuse_no_epoch, stoppable, watching
    from handcalc.cli._writing import refuse_existing, refuse_input, write_file
    from handcalc.errors import UsageError
    from handcalc.learning import Written, begin, report, resumed, source, train
    from handcalc.problem import load

    loaded = load(problem, on_data=True)
    given = source(loaded, data, target=target, labels=labels, divide=divide)
    read: list[Path | str] = [loaded.origin.path, *given.files]
    for place in filter(None, (output, written, curve)):
        refuse_input(place, *read)
    if written is not None and written.resolve() == output.resolve():
        raise UsageError(f"{written} stands for two things; write another name for the problem")
    if not resume:
        refuse_existing(output, force=force)
    if curve is not None:
        taken = [output, *([written] if written is not None else []), *read]
        refuse_drawing(curve, taken, force=force)
    run = begin(
        loaded,
        data,
        target=target,
        labels=labels,
        divide=divide,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        validation=validation,
    )
    text, over = "", force
    if written is not None:
        text = Written(run.networks, written, output, given).text()
        # What this run has written before stays what it is.
        over |= resume and written.is_file() and written.read_bytes() == text.encode()
        refuse_existing(written, force=over)
    if resume:
        resumed(run, output)
    if curve is not None:
        refuse_no_epoch(run)
    # What is there now may be written over: it was asked for, or it is this run's own.
    free = [resume or force]

    def save(content: bytes) -> None:
        write_file(output, content, force=free[0])
        free[0] = True

    with stoppable() as stopped, watching(run, stopped) as watcher:
        whole = train(run, watcher, save)
    if not whole:
        typer.echo(report.stopped(run, output), err=True)
        raise typer.Exit(STOPPED)
    if curve is not None:
        write_drawing(report.drawn(run), curve, force=force)
    if written is not None:
        write_file(written, text, force=over)
    emit(report.document(run, output, written), None, None, force=False, width=width, ascii=ascii)
