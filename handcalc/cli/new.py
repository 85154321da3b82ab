"""`handcalc new NAME`: a starting problem file."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import Force


def new(
    name: Annotated[
        str, typer.Argument(help="The name of the problem, or of its file.", show_default=False)
    ],
    force: Force = False,
) -> None:
    """Write a commented problem file to begin with; it solves as it stands."""
    from handcalc.cli._writing import write_file
    from handcalc.errors import UsageError, printable

    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not path.stem or path.stem.startswith((".", "-")):
        raise UsageError(f"'{printable(name)}' is no name for a file; write one such as my-network")
    start = Path(__file__).parent.parent / "problem" / "start.yaml"
    text = start.read_text(encoding="utf-8").replace(
        "TITLE", path.stem.replace("-", " ").replace('"', "")
    )
    write_file(path, text, force=force)
    typer.echo(f"{path} is written; now: handcalc solve {path}")
