"""`handcalc check PROBLEM SHEET`: mark one answer sheet."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import Ascii, Force, Problem, TextFormat, TextOutput, Width

WRONG = 1


def check(
    problem: Problem,
    sheet: Annotated[
        Path,
        typer.Argument(
            metavar="SHEET",
            help="The answers: YAML, JSON, CSV or key = value lines; - for standard input.",
            show_default=False,
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Mark against the key alone, without follow-through.")
    ] = False,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="KEY", help="Explain one verdict.", show_default=False),
    ] = None,
    format: TextFormat = None,
    output: TextOutput = None,
    width: Width = None,
    ascii: Ascii = False,
    force: Force = False,
) -> None:
    """Mark an answer sheet: right, follows, wrong with the mistake that gives it, or undecided.

    Ends with 0 if every answer is right or follows, else with 1.
    """
    from handcalc.cli._output import emit, refuse_input
    from handcalc.grading import checking, report
    from handcalc.grading.verdict import EARNS

    refuse_input(output, sheet, problem)
    checked = checking.check(problem, sheet, strict=strict)
    made = report.why(checked, why) if why else report.document(checked)
    emit(made, format, output, force=force, width=width, ascii=ascii)
    if any(e.of and e.verdict not in EARNS for e in checked.entries):
        raise typer.Exit(WRONG)
