"""The commands of the program, each in a file of its own, which is imported to run it.

Half of a short command's time were the imports of all the others.

A mistake in typing is said as every other error is: the parser's own box looks like another
program's.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, cast

import typer

from gallery_daemon import __version__
from gallery_daemon.cli import exits
from gallery_daemon.cli.helptext import HelpfulCommand, HelpfulGroup
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = "gallery-daemon"
ABOUT = (
    "A photo lands in your synced phone-camera folder. Seconds later it is in the right class "
    "folder, one log line says why, and nothing that goes wrong in between can lose it."
)
"""What the program is, in the words of the README."""

# The root of the parser's errors, which typer exports only by this child of its child.
_ParserError = cast("type[Exception]", typer.BadParameter.__mro__[2])

COMMANDS = (
    "run", "sort", "plan", "classify", "check", "doctor", "explain", "history", "logs", "refile",
    "undo", "status", "review", "label", "lessons", "learn", "model", "train", "evaluate", "export",
    "manual", "service",
)  # fmt: skip
"""In the order of `--help`; each is the function, or the `app` of commands, of its own file."""
_FILES = {"evaluate": "train", "model": "chosen_model"}


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"gallery-daemon {__version__}")
        raise typer.Exit


def _gallery_daemon(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Nothing by itself: the commands do it."""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The parser of these commands, whose files alone are imported."""
    app = typer.Typer(
        name=PROGRAM,
        cls=HelpfulGroup,
        help=ABOUT,
        epilog="Start with: gallery-daemon check --init, then gallery-daemon run. "
        "All else: gallery-daemon manual",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_gallery_daemon)
    for name in names:
        file = import_module(f"gallery_daemon.cli.{_FILES.get(name, name)}")
        if hasattr(file, "app"):
            app.add_typer(file.app, name=name)
        else:
            app.command(cls=HelpfulCommand)(getattr(file, name))
    return app


def needed_app(words: list[str]) -> typer.Typer:
    """The parser of what was typed: of that command, or of all for help and to guess."""
    return make_app(_needed(words))


def run_command(app: typer.Typer) -> None:
    """Run the command that was typed, and exit.

    Raises:
        GalleryError: it was mistyped.
    """
    try:
        # So that it raises, and returns the status of a command that ends by `Exit`.
        status = app(standalone_mode=False, prog_name=PROGRAM)
    except _ParserError as error:
        # Nothing was typed at all.
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message())  # type: ignore[attr-defined]
            sys.exit(exits.WRONG)
        raise _as_ours(error) from error
    except typer.Abort:
        sys.exit(exits.INTERRUPTED)
    sys.exit(status)


def _needed(words: list[str]) -> Iterable[str]:
    """The command that was typed; all of them for help, and to guess what was meant."""
    if words == ["--version"]:
        return ()
    return words[:1] if words and words[0] in COMMANDS else COMMANDS


def _as_ours(error: Exception) -> GalleryError:
    """The parser's error with our beginning and end; its guess, and where the options stand."""
    said = error.format_message()  # type: ignore[attr-defined]
    sentence, guess, meant = said.partition("Did you mean")
    sentence = sentence.rstrip(" .(")
    context = getattr(error, "ctx", None)
    command = PROGRAM if context is None else context.command_path
    hint = f"did you mean{meant.rstrip('.)')}\n" if guess else ""
    return GalleryError(sentence[:1].lower() + sentence[1:], f"{hint}see {command} --help")
