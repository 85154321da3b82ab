"""`handcalc check PROBLEM SHEET`: mark one answer sheet."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import (
    Ascii,
    Decimal,
    Force,
    Problem,
    Sample,
    TextFormat,
    TextOutput,
    Width,
)

WRONG = 1


def check(
    problem: Problem,
    sheet: Annotated[
        Path,
        typer.Argument(
            metavar="SHEET",
            help="The answers: YAML, JSON, CSV, Excel or key = value lines; - for standard input.",
            show_default=False,
        ),
    ],
    sample: Sample = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Mark against the key alone, without follow-through.")
    ] = False,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="KEY", help="Explain one verdict.", show_default=False),
    ] = None,
    decimal: Decimal = "auto",
    format: TextFormat = None,
    output: TextOutput = None,
    width: Width = None,
    ascii: Ascii = False,
    force: Force = False,
) -> None:
    """Mark an answer sheet: right, follows, wrong with the mistake that gives it, or undecided.

    Ends with 1 if an answer is wrong, else with 0; blanks are not wrong.
    """
    from handcalc.cli._output import emit
    from handcalc.cli._writing import refuse_input
    from handcalc.grading import checking
    from handcalc.grading.pages import report
    from handcalc.grading.pages.why import why as explained
    from handcalc.grading.verdict import Verdict
    from handcalc.sampling import load

    refuse_input(output, sheet, problem)
    checked = checking.check(load(problem, sample=sample), sheet, strict=strict, decimal=decimal)
    made = explained(checked, why) if why else report.document(checked)
    emit(made, format, output, force=force, width=width, ascii=ascii)
    if any(e.verdict == Verdict.WRONG for e in checked.entries):
        raise typer.Exit(WRONG)
