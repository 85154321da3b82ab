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

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands, and apart from them the problems that ship."""
        own = super().list_commands(ctx)
        for head, words in (("Commands", own), ("Problems that ship", names())):
            found = [(word, self.get_command(ctx, word)) for word in words]
            room = formatter.width - 6 - max(map(len, words), default=0)
            rows = [(word, command.get_short_help_str(room)) for word, command in found]
            with formatter.section(head):
                formatter.write_dl(rows)

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


_WELCOME = """\
handcalc works out the exercises of neural-network courses as on paper: each
line says symbols = numbers = result, and every number on it has been checked.

Three commands to try:

    handcalc solve net-2-2-2            a worked solution
    handcalc solve net-2-2-2 dE_dw5     just the steps that lead to one answer
    handcalc show net-2-2-2             the question alone

A problem of your own begins as a file with comments, which solves as it is:

    handcalc new my-network             writes my-network.yaml
    handcalc solve my-network.yaml

`handcalc list` lists the problems that ship, `handcalc --help` all commands.
"""

app = typer.Typer(
    cls=_Group,
    invoke_without_command=True,
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
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001  # its callback has answered before
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The hand calculations of neural-network courses, step by step."""
    if ctx.invoked_subcommand is None:
        typer.echo(_WELCOME, nl=False)
