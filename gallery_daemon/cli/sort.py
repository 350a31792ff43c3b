"""`sort`: one pass over some folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import exits
from gallery_daemon.cli.config_file import print_limits_in_short, warn
from gallery_daemon.cli.options import ConfigFile, Format, OptionalLevel
from gallery_daemon.cli.plain import print_to_stderr
from gallery_daemon.cli.plan import AllNames, print_planned
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.cli.render import print_tally
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.plan import forecast, scopes_of
from gallery_daemon.commands.sort import sort_once
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.missing import refuse_elsewhere, refuse_missing
from gallery_daemon.config.oneshot import adapt, default_config
from gallery_daemon.daemon.configuration import (
    default_knows_precision,
    default_path,
    read_configuration,
    refuse_failing,
    with_version,
)
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.logs.setup import LogLevel, make_log

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config


def sort(
    sources: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Folders of photos.", show_default=False)
    ],
    *,
    library: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the class folders are; the configuration's."),
    ] = None,
    config: ConfigFile = None,
    action: Annotated[
        Action | None,
        typer.Option(metavar="ACTION", help="How photos come into the library; hardlink."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Also what was undone, left or quarantined before."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done, as `plan` does.")
    ] = False,
    names: AllNames = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: print one JSON object per file.")
    ] = False,
    log_format: Format = None,
    log_level: OptionalLevel = None,
) -> None:
    """File all photos of some folders once, then end.

    By the rules and into the library of your configuration; --library names another one. Without a
    configuration every photo goes to a folder named after its class, as surely that of a hundred 95
    are right (of memes 90), and the rest to Review/. A model that does not know how often it is
    right files what it is 60% sure of. Files that an earlier pass has filed are passed over.

    Examples:
        gallery-daemon sort ~/Pictures/Phone --library ~/Pictures/Sorted --dry-run

        gallery-daemon sort ~/Pictures/Phone --library ~/Pictures/Sorted

        gallery-daemon sort ~/Pictures/Phone --config rules.yaml --action copy
    """
    if (as_json or names) and not dry_run:
        raise typer.BadParameter("--json and --names go with --dry-run")
    chosen = _config(sources, library, config, action)
    if sys.stderr.isatty():
        print_to_stderr(_by_which(chosen, library))
    if dry_run:
        _show(chosen, again=again, all_names=names, as_json=as_json)
        return
    # On a terminal a bar shows the progress and the log says what went wrong; else it says all.
    level = log_level or (LogLevel.WARNING if sys.stderr.isatty() else LogLevel.INFO)
    with pass_display() as display:
        log = make_log(log_format, level, display.stream)
        warn(chosen, log)
        tally = sort_once(chosen, log, SystemClock(), display, again=again)
    print_tally(tally)
    if tally.failed:
        raise typer.Exit(exits.SOME)


def _show(config: Config, *, again: bool, all_names: bool, as_json: bool) -> None:
    """Print what the pass would do, and do nothing."""
    with pass_display("looking") as looking:
        found = forecast(config, scopes_of(config), SystemClock(), looking, again=again)
    print_planned(found, as_json=as_json, all_names=all_names)
    if not as_json:
        print_limits_in_short(config)


def _config(
    sources: list[Path], library: Path | None, config: Path | None, action: Action | None
) -> Config:
    folders = tuple(os.fspath(source) for source in sources)
    for folder in folders:
        refuse_missing(folder)
    place = None if library is None else os.fspath(library)
    if place is not None:
        refuse_elsewhere(place)
    path = config or default_path()
    if config is not None or path.exists():
        into = None if place is None else absolute(place, str(Path.cwd()))
        # What was learned in the configuration's own library is that library's.
        loaded = read_configuration(path, library=into)
        refuse_failing(loaded)
        return adapt(loaded, sources=folders, action=action)
    if place is None:
        raise GalleryError(
            f"where shall the photos go? There is no configuration at {path}",
            hint="give --library FOLDER, or --config FILE\n"
            "or write a commented configuration with: gallery-daemon check --init",
        )
    knows_precision, action = default_knows_precision(), action or Action.HARDLINK
    return with_version(default_config(folders, place, action, knows_precision=knows_precision))


def _by_which(config: Config, library: Path | None) -> str:
    """Whose rules apply, and whose library."""
    if config.file is None:
        return f"by the built-in rules, into {config.library}"
    instead = "" if library is None else ", instead of its own library"
    return f"by the rules of {config.file}, into {config.library}{instead}"
