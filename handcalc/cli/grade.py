"""`handcalc grade PROBLEM CLASS`: mark a whole class."""

import csv
import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

from handcalc.cli._options import Ascii, Force, Problem, Width


def grade(
    problem: Problem,
    answers: Annotated[
        Path,
        typer.Argument(
            metavar="CLASS",
            help="A CSV file with a row a student and a column a key, or a folder of sheets.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The marks, as CSV.", show_default="CLASS-marks.csv"),
    ] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(help="A folder for a page of feedback for each student.", show_default=False),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Mark against the key alone, without follow-through.")
    ] = False,
    decimal: Annotated[
        Literal["point", "comma"], typer.Option(help="How decimals are written.")
    ] = "point",
    width: Width = None,
    ascii: Ascii = False,
    force: Force = False,
) -> None:
    """Mark a class: marks and verdicts as CSV, a report of the class, feedback pages on request."""
    from handcalc import formats
    from handcalc.cli._output import (
        emit,
        make_folder,
        progress,
        refuse_existing,
        refuse_input,
        write_file,
        writing,
    )
    from handcalc.errors import count
    from handcalc.grading import class_report, rows
    from handcalc.grading.changes import Changes
    from handcalc.grading.cohort import Cohort, Columns
    from handcalc.grading.feedback import page as feedback_page
    from handcalc.grading.scheme import Scheme
    from handcalc.problem import load

    # A long run has garbage to collect, unlike the short ones for which it is switched off.
    gc.enable()
    path = output or Path(f"{answers.resolve().stem}-marks.csv")
    refuse_input(path, answers, problem)
    refuse_existing(path, force=force)
    loaded = load(problem)
    scheme = Scheme(loaded)
    if answers.is_dir():
        names, read = rows.as_rows(scheme, answers)
    else:
        names, between = rows.header(answers)
        read = rows.of_csv(answers, between, len(names), comma=decimal == "comma")
    columns = Columns(scheme, names)
    cohort = Cohort(columns, strict=strict)
    if feedback:
        make_folder(feedback)
    with writing(path, force=force) as file, Changes(path, len(columns.about)) as changes:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(cohort.head())
        with progress("rows", shown=answers.is_dir() or answers.stat().st_size > LONG) as advance:
            for row, made in cohort.rows(read):
                writer.writerow(made)
                changes.compare(made)
                if feedback:
                    name, page = feedback_page(cohort, row)
                    write_file(feedback / name, formats.write(page, "markdown"), force=force)
                advance()
        changed = changes.said()
    report = class_report.document(loaded, cohort.result, cohort.remarks(answers), changed)
    emit(report, None, None, force=force, width=width, ascii=ascii)
    typer.echo(f"{path} is written: {count(cohort.result.students, 'row')}.")
    if feedback:
        typer.echo(f"{feedback} holds the feedback.")


LONG = 200_000
"""Bytes of a class file from which on its rows are counted on the terminal."""
