"""`handcalc list`: the problems that ship, a line each."""

import typer

from handcalc.library import names, title


def list_problems() -> None:
    """List the problems that ship, a line each."""
    width = max(map(len, names()), default=0)
    for name in names():
        typer.echo(f"{name.ljust(width)}  {title(name)}")
