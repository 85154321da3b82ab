"""`handcalc solve PROBLEM [KEY…]`: the worked solution, or the steps for some answers."""

from typing import Annotated

import typer

from handcalc.cli._options import (
    Ascii,
    Carry,
    Force,
    FormatOption,
    Level,
    Output,
    Problem,
    Sample,
    View,
    Width,
    complete_key,
)


def solve(
    problem: Problem,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY]...",
            help="Answers such as h1_out, dE_dw5 or w5_new: just the steps that lead to them.",
            autocompletion=complete_key,
            show_default=False,
        ),
    ] = None,
    sample: Sample = None,
    format: FormatOption = None,
    output: Output = None,
    force: Force = False,
    level: Annotated[
        Level, typer.Option("--level", help="Results only, worked, or with every derivation.")
    ] = "normal",
    decimals: Annotated[
        int | None,
        typer.Option(
            "--decimals", min=0, max=15, help="Decimals shown.", show_default="the file's"
        ),
    ] = None,
    carry: Annotated[
        Carry | None,
        typer.Option(
            "--carry",
            help="Compute on with exact or with rounded values.",
            show_default="the file's",
        ),
    ] = None,
    view: Annotated[
        View, typer.Option("--view", help="Dense layers element by element, as matrices, or both.")
    ] = "both",
    width: Width = None,
    ascii: Ascii = False,
) -> None:
    """Work out a problem step by step, every value checked."""
    from handcalc import sampling, solving
    from handcalc.cli._output import emit
    from handcalc.cli._writing import refuse_input

    refuse_input(output, problem)
    solution = solving.solve(
        sampling.load(problem, sample=sample),
        keys or (),
        level=level,
        decimals=decimals,
        carry=carry,
        view=view,
    )
    emit(solution, format, output, force=force, width=width, ascii=ascii)
