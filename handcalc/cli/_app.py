"""The commands together; each shipped problem is a command of its own."""

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from handcalc.cli import check, grade, import_, lint, list_, new, schema, sheet, show, solve, train
from handcalc.library import names, resolvable, title


class _Group(TyperGroup):
    """`handcalc net-2-2-2` is short for `handcalc solve net-2-2-2`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        if found is not None or not resolvable(cmd_name):
            return found
        command: Any = super().get_command(ctx, "solve")
        callback = command.callback

        def solve_it(**options: Any) -> Any:
            return callback(problem=cmd_name, **options)

        return TyperCommand(
            cmd_name,
            callback=solve_it,
            params=[p for p in command.params if p.name != "problem"],
            help=title(cmd_name),
            rich_help_panel="Problems that ship",
        )


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The hand calculations of neural-network courses, step by step.",
)
app.command("list")(list_.list_problems)
app.command("show")(show.show)
app.command("solve")(solve.solve)
app.command("check")(check.check)
app.command("grade")(grade.grade)
app.command("lint")(lint.lint)
app.command("sheet")(sheet.sheet)
app.command("train")(train.train)
app.command("new")(new.new)
app.command("import")(import_.import_model)
app.command("schema")(schema.schema)


def _version(value: bool) -> None:
    if value:
        from handcalc import __version__

        typer.echo(f"handcalc {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The hand calculations of neural-network courses, step by step."""
