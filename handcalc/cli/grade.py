"""`handcalc grade PROBLEM CLASS`: mark a whole class."""

import csv
import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from handcalc.cli._options import Ascii, Force, Problem, Width

if TYPE_CHECKING:
    from handcalc.grading.cohort import Cohort
    from handcalc.grading.rows import Row


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
    from handcalc.cli._output import emit, refuse_existing, writing
    from handcalc.errors import count
    from handcalc.grading import class_report, rows
    from handcalc.grading.changes import Changes
    from handcalc.grading.cohort import Cohort, Columns
    from handcalc.grading.scheme import Scheme
    from handcalc.problem import load

    # A long run has garbage to collect, unlike the short ones for which it is switched off.
    gc.enable()
    path = output or Path(f"{answers.stem}-marks.csv")
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
    bad: list[str] = []
    with Changes(path, len(columns.about)) as changes, writing(path, force=force) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(cohort.head())
        pages = _pages(cohort, feedback, force=force) if feedback else None
        with _progress(answers) as advance:
            for made in cohort.rows(_watched(read, bad, answers, pages, advance)):
                writer.writerow(made)
                changes.compare(made)
    report = class_report.document(loaded, cohort.result, [*columns.remarks, *bad], changes.said())
    emit(report, None, None, force=force, width=width, ascii=ascii)
    typer.echo(f"{path} is written: {count(cohort.result.students, 'row')}.")
    if feedback:
        typer.echo(f"{feedback} holds the feedback.")


def _watched(
    read: Iterable["Row"], bad: list[str], path: Path, pages: Any, advance: Any
) -> Iterator["Row"]:
    """The rows on their way, with a remark on each bad one; the first of them are said."""
    for row in read:
        if row.wrong:
            if len(bad) < MOST_SAID:
                bad.append(f"{path}:{row.line}: {row.wrong}")
            elif len(bad) == MOST_SAID:
                bad.append("more rows have something wrong: see the column remark")
        if pages is not None:
            pages(row)
        advance()
        yield row


MOST_SAID = 10


def _pages(cohort: "Cohort", folder: Path, *, force: bool) -> Any:
    """Writes a student's page; the folder is made first."""
    from handcalc import formats
    from handcalc.cli._output import write_file
    from handcalc.errors import FileError
    from handcalc.grading import checking, report
    from handcalc.grading.feedback import file_name, sheet_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder}: cannot be made: {error.strerror}; check the name") from None

    def page(row: "Row") -> None:
        sheet = sheet_of(cohort.columns, row)
        symbolic = cohort.symbolic if cohort.scheme.network.symbolic else None
        checked = checking.check_with(cohort.scheme, sheet, strict=cohort.strict, symbolic=symbolic)
        text = formats.write(report.document(checked), "markdown")
        write_file(folder / file_name(row, sheet), text, force=force)

    return page


def _progress(path: Path) -> Any:
    """A bar on long work, on a terminal only."""
    large = path.is_dir() or path.stat().st_size > 200_000 if path.exists() else False
    if not (large and sys.stderr.isatty()):
        return nullcontext(lambda: None)
    return _Bar()


class _Bar:
    """Rows so far, and how fast they go."""

    def __enter__(self) -> Any:
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

        self.bar = Progress(
            SpinnerColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        task = self.bar.add_task("rows", total=None)
        self.bar.start()
        return lambda: self.bar.advance(task)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
