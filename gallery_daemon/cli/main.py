"""The commands, and the one place where an error becomes a message and an exit status.

Exit status: 0 done; 1 some photos could not be filed; 2 the command or the configuration is wrong;
130 interrupted by Ctrl-C. A traceback means a bug of ours, and says so (status 70, as sysexits.h
has it).
"""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from gallery_daemon import __version__
from gallery_daemon.cli import (
    check,
    classify,
    export,
    history,
    run,
    service,
    sort,
    status,
    train,
    undo,
)
from gallery_daemon.cli.render import print_error
from gallery_daemon.errors import ClassifierLost, FilingError, GalleryError, JournalError

EXIT_PHOTOS = 1
EXIT_WRONG = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="gallery-daemon",
    help="Watch a synced phone-camera folder, classify new photos and file them by YAML rules.",
    epilog="Start with: gallery-daemon check --init, then gallery-daemon run",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(run.run)
app.command()(sort.sort)
app.command()(classify.classify)
app.command()(check.check)
app.command()(history.history)
app.command()(undo.undo)
app.command()(status.status)
app.command()(train.train)
app.command()(train.evaluate)
app.command()(export.export)
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


def main() -> None:
    """Run the command line and exit."""
    try:
        app()
    except GalleryError as error:
        print_error(error)
        may_pass = isinstance(error, (FilingError, ClassifierLost, JournalError))
        sys.exit(EXIT_PHOTOS if may_pass else EXIT_WRONG)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception:  # noqa: BLE001 - the last net: whatever falls through here is our own mistake
        traceback.print_exc()
        print("this is a bug in gallery-daemon, not a mistake of yours", file=sys.stderr)
        sys.exit(EXIT_BUG)
