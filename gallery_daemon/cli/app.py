"""The commands of the program, each in a file of its own.

A mistake in typing is said as every other error is: the parser's own box looks like another
program's.
"""

from __future__ import annotations

import sys
from typing import Annotated, cast

import typer

from gallery_daemon import __version__
from gallery_daemon.cli import (
    check,
    classify,
    doctor,
    exits,
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
from gallery_daemon.errors import GalleryError

PROGRAM = "gallery-daemon"
ABOUT = (
    "A photo lands in your synced phone-camera folder. Seconds later it is in the right class "
    "folder, one log line says why, and nothing that goes wrong in between can lose it."
)
"""What the program is, in the words of the README."""

# The root of the parser's errors, which typer exports only by this child of its child.
_ParserError = cast("type[Exception]", typer.BadParameter.__mro__[2])

app = typer.Typer(
    name=PROGRAM,
    help=ABOUT,
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
    """Nothing by itself: the commands do it."""


def run_command() -> None:
    """Run the command that was typed, and exit.

    Raises:
        GalleryError: it was mistyped.
    """
    try:
        # So that it raises, and returns the status of a command that ends by `Exit`.
        status = app(standalone_mode=False, prog_name=PROGRAM)
    except _ParserError as error:
        # The parser has printed the help where nothing was typed at all.
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.exit(exits.WRONG)
        raise _as_ours(error) from error
    except typer.Abort:
        sys.exit(exits.INTERRUPTED)
    sys.exit(status)


def _as_ours(error: Exception) -> GalleryError:
    """The parser's error with our beginning and end; its guess, and where the options stand."""
    said = error.format_message()  # type: ignore[attr-defined]
    sentence, guess, meant = said.partition("Did you mean")
    sentence = sentence.rstrip(" .(")
    context = getattr(error, "ctx", None)
    command = PROGRAM if context is None else context.command_path
    hint = f"did you mean{meant.rstrip('.)')}\n" if guess else ""
    return GalleryError(sentence[:1].lower() + sentence[1:], f"{hint}see {command} --help")
