"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

from handcalc import formats
from handcalc.library import names

Level = Literal["brief", "normal", "full"]
View = Literal["elements", "matrices", "both"]
Carry = Literal["exact", "rounded"]
_OF_REPORTS = formats.endings(*get_args(formats.Report))


def complete_problem(incomplete: str) -> list[str]:
    """Names of shipped problems."""
    return [name for name in names() if name.startswith(incomplete)]


def complete_key(ctx: Any, incomplete: str) -> list[str]:
    """Answer keys of the problem that is already on the line."""
    from handcalc.errors import HandcalcError

    problem = ctx.params.get("problem") or ctx.info_name
    try:
        from handcalc.asking import keys_of
        from handcalc.problem import load

        keys = keys_of(load(problem))
    except HandcalcError:
        return []
    return [key for key in keys if key.startswith(incomplete)]


Problem = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help="A problem file, the name of a problem that ships, or - for standard input.",
        autocompletion=complete_problem,
        show_default=False,
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(
        "--sample",
        min=1,
        help="One sample of data: or samples:, by its number, as input and target.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    formats.Format | None,
    typer.Option("--format", "-f", help="How to write it.", show_default="terminal"),
]
TextFormat = Annotated[
    formats.Report | None,
    typer.Option("--format", "-f", help="How to write it.", show_default="terminal"),
]
TextOutput = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write to this file; {_OF_REPORTS} choose the format.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write to this file; {formats.endings(*formats.FORMATS)} choose the format.",
        show_default=False,
    ),
]
Decimal = Annotated[
    Literal["auto", "point", "comma"],
    typer.Option(help="How decimals are written; auto finds it out by student and by column."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
Width = Annotated[
    int | None,
    typer.Option("--width", min=40, max=400, help="Columns of the terminal.", show_default=False),
]
Paper = Annotated[
    Literal["a4", "letter"] | None,
    typer.Option("--paper", help="The paper of latex, typst and pdf.", show_default="a4"),
]
Preamble = Annotated[
    Literal["article", "none"] | None,
    typer.Option(
        "--preamble",
        help="Of latex the whole article, or none: its body alone, for \\input.",
        show_default="article",
    ),
]
Ascii = Annotated[bool, typer.Option("--ascii", help="Only ASCII characters.")]
Pager = Annotated[
    bool | None,
    typer.Option(
        "--pager/--no-pager",
        help="Leaf through it; else what is longer than the screen. HANDCALC_PAGER or PAGER says with what.",
        show_default=False,
    ),
]
Reports = Annotated[
    list[Path] | None,
    typer.Option(
        "--report",
        help=f"Write the report of the class to this file too; {_OF_REPORTS} choose the format. "
        "Can be given several times.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Print long tables in full.")]
Anonymous = Annotated[
    bool, typer.Option("--anonymous", help="Show no names: students are numbered in their order.")
]
