"""`handcalc sheet PROBLEM`: an empty answer sheet."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from handcalc.cli._options import Force, Problem, Sample

_BY_SUFFIX: dict[str, Literal["yaml", "csv", "markdown"]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
}


def sheet(
    problem: Problem,
    sample: Sample = None,
    format: Annotated[
        Literal["yaml", "csv", "markdown"] | None,
        typer.Option("--format", "-f", help="How to write it.", show_default="yaml"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to this file; .yaml, .csv and .md choose the format.",
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write an empty answer sheet with the keys that are asked for, matrices laid out to be filled in."""
    from handcalc.cli._writing import refuse_input, write_file
    from handcalc.errors import UsageError, listed
    from handcalc.grading.pages import blank_sheet
    from handcalc.grading.scheme import Scheme
    from handcalc.sampling import load

    refuse_input(output, problem)
    suffix = output.suffix.lower() if output else ""
    if suffix and suffix not in _BY_SUFFIX and not format:
        said = f"{output}: no sheet is written under names that end in {suffix}"
        raise UsageError(f"{said}; write one of {listed(list(_BY_SUFFIX))}, or add --format")
    chosen = format or _BY_SUFFIX.get(suffix, "yaml")
    text = blank_sheet.write(Scheme(load(problem, sample=sample)), chosen)
    if output is None:
        typer.echo(text, nl=False)
        return
    write_file(output, text, force=force)
    chosen_sample = f" --sample {sample}" if sample else ""
    check = f"; filled in: handcalc check {problem} {output}{chosen_sample}"
    after = "" if chosen == "markdown" else check
    typer.echo(f"{output} is written{after}")
