"""`handcalc lint PROBLEM`: what a marker could not tell apart, and other numbers that mend it."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import Ascii, Force, Pager, Problem, TextFormat, Width

FOUND = 1


def lint(
    problem: Problem,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Propose other numbers; with -o NEW.yaml write the file with them."
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 if there is anything to mend.")
    ] = False,
    format: TextFormat = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to this file; .md, .html, .tex, .typ, .pdf, .json and .txt choose the format; with --fix .yaml.",
            show_default=False,
        ),
    ] = None,
    width: Width = None,
    ascii: Ascii = False,
    pager: Pager = None,
    force: Force = False,
) -> None:
    """Say, before the exam, which mistakes marking cannot tell from the right answer, and what a guess earns.

    Ends with 0 whatever is found; with --strict with 1 if a mistake is not seen in some answer, a guess earns
    one, or a slope is saturated, in the file as it is.
    """
    from handcalc.cli._output import emit, progress
    from handcalc.cli._writing import refuse_existing, refuse_input, write_file
    from handcalc.grading.lint import lint as linted
    from handcalc.grading.lint import page
    from handcalc.problem import load

    loaded = load(problem)
    refuse_input(output, loaded.origin.path)
    if not fix:
        found = linted(loaded)
        made = page.document(loaded, found)
        emit(made, format, output, force=force, width=width, ascii=ascii, pager=pager)
    else:
        from handcalc.errors import UsageError
        from handcalc.grading.lint import proposal, search

        if output is not None and output.suffix.lower() not in (".yaml", ".yml"):
            raise UsageError(f"{output}: --fix writes a problem file; write a name with .yaml")
        if output is not None:
            refuse_existing(output, force=force)
        found = linted(loaded)
        with progress("choices of numbers", shown=True) as advance:
            other = search.other_numbers(loaded, found, advance)
        if output is not None and other.changes:
            write_file(output, search.written(loaded, other), force=force)
        path = str(output) if output is not None and other.changes else ""
        made = proposal.document(loaded, other, path)
        emit(made, format, None, force=force, width=width, ascii=ascii, pager=pager)
        if output is not None and not other.changes:
            typer.echo(f"{output} is not written.", err=format == "json")
    if strict and found.any:
        raise typer.Exit(FOUND)
