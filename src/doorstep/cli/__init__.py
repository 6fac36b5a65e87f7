"""`doorstep …`: the command line."""

import sys

import typer

from doorstep.base.errors import DoorstepError
from doorstep.cli import day, dispatch, forecast, history, intake, real_days, report, roads
from doorstep.cli.frames import pin_threads

app = typer.Typer(
    help="Doorstep: the open operating system of a city's online fresh market.\n\n"
    "Begin with `doorstep day`: one dark store lives through one day, and the books prove it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(day.day)
app.command()(day.verify)
app.command()(day.explain)
app.command()(report.report)
app.command()(day.swarm)
app.command()(real_days.real_days)
app.command()(history.history)
app.add_typer(intake.app, name="intake")
app.add_typer(dispatch.app, name="dispatch")
app.add_typer(forecast.app, name="forecast")
app.add_typer(roads.app, name="roads")


def main() -> None:
    """Run the command line; every error is one sentence on stderr and an exit code."""
    pin_threads()
    try:
        app(standalone_mode=True)
    except DoorstepError as error:
        typer.echo(f"doorstep: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
