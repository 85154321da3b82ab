"""`handcalc grade PROBLEM CLASS`: mark a whole class."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from handcalc.cli._options import (
    All,
    Anonymous,
    Ascii,
    Decimal,
    Force,
    Pager,
    Problem,
    Reports,
    Width,
)

if TYPE_CHECKING:
    from handcalc.grading.cohort import Cohort
    from handcalc.grading.pages.feedback import Openness
    from handcalc.grading.reading.dialect import Dialect
    from handcalc.grading.reading.roster import Roster
    from handcalc.grading.reading.rows import Row


def grade(
    problem: Problem,
    answers: Annotated[
        Path,
        typer.Argument(
            metavar="CLASS",
            help="A CSV or Excel file with a row a student and a column a key, - for a pipe, "
            "or a folder of sheets.",
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
    decimal: Decimal = "auto",
    attempt: Annotated[
        Literal["all", "last", "best"],
        typer.Option(help="Which rows of a student who is there more than once."),
    ] = "all",
    decisions: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file of what people decide: the open answers are added, what is filled in counts.",
            show_default=False,
        ),
    ] = None,
    openness: Annotated[
        Literal["hints", "steps", "solution"],
        typer.Option(help="What the feedback shows: the step to look at, it redone, or the key."),
    ] = "steps",
    pages: Annotated[
        Literal["html", "markdown"], typer.Option(help="How the feedback is written.")
    ] = "html",
    reports: Reports = None,
    all: All = False,
    anonymous: Anonymous = False,
    width: Width = None,
    ascii: Ascii = False,
    pager: Pager = None,
    force: Force = False,
) -> None:
    """Mark a class: marks and verdicts as CSV, a report of the class, feedback pages on request."""
    from handcalc.cli._output import emit, refuse_reports
    from handcalc.cli._writing import refuse_among, refuse_existing, refuse_input, write_file
    from handcalc.errors import UsageError, count, printable
    from handcalc.grading import decisions as deciding
    from handcalc.grading.cohort import Cohort
    from handcalc.grading.pages import class_report
    from handcalc.grading.pages.anonymous import hide
    from handcalc.grading.reading.roster import Roster
    from handcalc.grading.scheme import Scheme
    from handcalc.problem import load

    if str(answers) == problem == "-":
        raise UsageError("the problem and the class are both standard input; name one of them")
    path = output or Path(f"{_stem(answers)}-marks.csv")
    refuse_input(path, answers, problem)
    refuse_existing(path, force=force)
    refuse_reports(reports or (), (path, answers, problem), force=force)
    for place in (*(reports or ()), decisions):
        refuse_input(place, answers, problem)
    for place in (path, *(reports or ()), decisions):
        refuse_among(place, answers)
    loaded = load(problem)
    how = {"again": attempt != "all", "named": not anonymous}
    with Roster(answers, Scheme(loaded), decimal, **how) as roster:
        if attempt != "all":
            roster.keep(attempt, _scored(roster, attempt, strict=strict))
        rows, dialect = roster.rows(), roster.dialect
        if anonymous:
            rows = hide(roster.columns, rows)
        decided = deciding.load(decisions, dialect) if decisions else deciding.Decisions(dialect)
        cohort = Cohort(roster.columns, strict=strict, decisions=decided)
        written = _Written(path, feedback, openness, pages, force)
        changed = written.write(cohort, rows, dialect, shown=_is_long(answers))
        remarks = [*roster.remarks(), *cohort.remarks()]
    # All files are written before somebody leafs through the report, and perhaps goes away.
    for place in reports or ():
        whole = class_report.document(loaded, cohort.result, remarks, changed)
        emit(whole, None, place, force=force, width=width, ascii=ascii)
    if decisions:
        write_file(decisions, decided.with_open(cohort.open), force=True)
    report = class_report.document(loaded, cohort.result, remarks, changed, folded=not all)
    emit(report, None, None, force=force, width=width, ascii=ascii, pager=pager)
    typer.echo(f"{printable(str(path))} is written: {count(cohort.result.students, 'row')}.")
    if feedback:
        typer.echo(f"{printable(str(feedback))} holds the feedback.")
    if decisions:
        still = len(decided.undecided(cohort.open))
        typer.echo(f"{printable(str(decisions))} holds {count(still, 'case')} to be decided.")


@dataclass(frozen=True)
class _Written:
    """What is written beside the report: marks, and pages of feedback in one form and openness."""

    marks: Path
    feedback: Path | None
    openness: "Openness"
    form: Literal["html", "markdown"]
    force: bool

    def write(
        self, cohort: "Cohort", rows: "Iterable[Row]", dialect: "Dialect", *, shown: bool
    ) -> list[str]:
        """Write all of them; says whose marks are others than in the former file."""
        from handcalc import formats
        from handcalc.cli._output import progress
        from handcalc.cli._writing import folder, writing
        from handcalc.grading.pages.changes import Changes
        from handcalc.grading.pages.feedback import Pages
        from handcalc.solving import solve

        about, ending = len(cohort.columns.about), {"html": "html", "markdown": "md"}[self.form]
        pages = Pages(cohort.marker, self.openness, solve)
        with ExitStack() as stack:
            page = None
            if self.feedback:
                page = stack.enter_context(folder(self.feedback, force=self.force))
            file = stack.enter_context(
                writing(self.marks, force=self.force, encoding=dialect.encoding)
            )
            changes = stack.enter_context(Changes(self.marks, about, dialect))
            advance = stack.enter_context(progress("rows", shown=shown))
            dialect.writer(file).writerow(cohort.head())
            marked = cohort.written(rows, dialect, keep=bool(page), heads=changes.wanted)
            for chunk, written in marked:
                file.write(written.text)
                changes.compare(written.heads)
                for row in chunk if page else ():
                    name, document = pages.page(row)
                    assert page is not None
                    page(f"{name}.{ending}", formats.write(document, self.form))
                    advance(1)
                advance(0 if page else written.students)
            return changes.said()


LONG = 200_000
"""Bytes of a class file from which on its rows are counted on the terminal."""


def _scored(roster: "Roster", attempt: str, *, strict: bool) -> "Iterator[tuple[Row, float]]":
    """Each row with what its attempt is chosen by: its number, or its marks."""
    from handcalc.grading.cohort import Cohort

    if attempt == "last":
        yield from roster.attempts()
        return
    cohort = Cohort(roster.columns, strict=strict)
    place = cohort.head().index("marks", len(roster.columns.about))
    for row, cells in cohort.rows(roster.rows()):
        yield row, float(cells[place])


def _stem(answers: Path) -> str:
    """The name of the class; a pipe has none."""
    return answers.resolve().stem if answers.is_file() or answers.is_dir() else "class"


def _is_long(answers: Path) -> bool:
    return answers.is_dir() or (answers.is_file() and answers.stat().st_size > LONG)
