"""The commands of the program, each in a file of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from gallery_daemon import __version__
from gallery_daemon.cli import (
    check,
    classify,
    doctor,
    explain,
    export,
    history,
    logs,
    manual,
    plan,
    refile,
    run,
    service,
    sort,
    status,
    train,
    undo,
)

app = typer.Typer(
    name="gallery-daemon",
    help="Watch a synced phone-camera folder, classify new photos and file them by YAML rules.",
    epilog="Start with: gallery-daemon check --init, then gallery-daemon run. "
    "All else: gallery-daemon manual",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(run.run)
app.command()(sort.sort)
app.command()(plan.plan)
app.command()(classify.classify)
app.command()(check.check)
app.command()(doctor.doctor)
app.command()(explain.explain)
app.command()(history.history)
app.command()(logs.logs)
app.command()(refile.refile)
app.command()(undo.undo)
app.command()(status.status)
app.command()(train.train)
app.command()(train.evaluate)
app.command()(export.export)
app.command()(manual.manual)
app.add_typer(service.app, name="service")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"gallery-daemon {__version__}")
        raise typer.Exit


@app.callback()
def gallery_daemon(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Watch a synced phone-camera folder, classify new photos and file them by YAML rules."""
