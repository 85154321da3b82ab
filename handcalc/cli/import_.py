"""`handcalc import MODEL`: a problem file from a Keras model."""

from pathlib import Path
from typing import Annotated

import typer

from handcalc.cli._options import Force


def import_model(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL",
            help="A .keras archive, or the JSON that model.to_json() gives.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The problem file; - prints it.", show_default="MODEL.yaml"
        ),
    ] = None,
    skip: Annotated[
        bool, typer.Option("--skip", help="Leave out layers that there is no word for.")
    ] = False,
    force: Force = False,
) -> None:
    """Write the layers of a Keras model as a problem file; Keras is not needed."""
    from handcalc.cli._writing import refuse_existing, refuse_input, write_file
    from handcalc.errors import count
    from handcalc.importing import import_model as imported

    path = output or Path(model.with_suffix(".yaml").name)
    if str(path) != "-":
        refuse_input(path, model)
        refuse_existing(path, force=force)
    found = imported(model, skip=skip)
    if str(path) == "-":
        typer.echo(found.text, nl=False)
        return
    write_file(path, found.text, force=force)
    typer.echo(f"{path} is written: {count(found.layers, 'layer')}; now: handcalc solve {path}")
    if found.agreed:
        typer.echo(f"Shapes as the model says: {count(found.agreed, 'layer')}.")
    if found.remarks:
        typer.echo("Not translated (also at the end of the file):")
        for remark in found.remarks:
            typer.echo(f"  {remark}")
