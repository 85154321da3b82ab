"""`handcalc schema`: the JSON Schema of a problem file, for editors."""

import typer

from handcalc.cli._options import Force, Output


def schema(output: Output = None, force: Force = False) -> None:
    """Print the JSON Schema of a problem file, for completion and checks in editors."""
    from handcalc.cli._writing import write_file
    from handcalc.problem.schema import schema_text

    if output is None:
        typer.echo(schema_text(), nl=False)
    else:
        write_file(output, schema_text(), force=force)
