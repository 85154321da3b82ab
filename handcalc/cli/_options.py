"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from handcalc.library import names

Format = Literal["terminal", "markdown", "html", "csv", "json", "png", "svg"]
Level = Literal["brief", "normal", "full"]
View = Literal["elements", "matrices", "both"]
Carry = Literal["exact", "rounded"]


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
    Format | None, typer.Option("--format", "-f", help="How to write it.", show_default="terminal")
]
TextFormat = Annotated[
    Literal["terminal", "markdown", "html", "csv", "json"] | None,
    typer.Option("--format", "-f", help="How to write it.", show_default="terminal"),
]
TextOutput = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write to this file; .md, .html, .csv, .json and .txt choose the format.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write to this file; .md, .html, .csv, .json, .txt, .png and .svg choose the format.",
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
Ascii = Annotated[bool, typer.Option("--ascii", help="Only ASCII characters.")]
Reports = Annotated[
    list[Path] | None,
    typer.Option(
        "--report",
        help="Write the report of the class to this file too; .html, .md, .csv, .json and .txt choose "
        "the format. Can be given several times.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Print long tables in full.")]
Anonymous = Annotated[
    bool, typer.Option("--anonymous", help="Show no names: students are numbered in their order.")
]
