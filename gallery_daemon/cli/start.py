"""The daemon's start, and its options read without the parser of the other commands.

That parser costs a quarter of a second, and 10 MB for as long as the daemon lives. So options that
need no explanation are read here, in thirty lines; a test compares the two parsers.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.cli.config_file import existing_config, warn
from gallery_daemon.cli.fitting import sentence
from gallery_daemon.clock import SystemClock
from gallery_daemon.config.missing import refuse_elsewhere, refuse_missing
from gallery_daemon.config.oneshot import default_config
from gallery_daemon.daemon.configuration import (
    default_knows_precision,
    read_configuration,
    refuse_failing,
    with_version,
)
from gallery_daemon.daemon.daemon import run_daemon
from gallery_daemon.daemon.systemd import Notifier
from gallery_daemon.errors import GalleryError
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log, suitable_format

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.config.settings import Config


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of `run`."""

    config: Path | None = None
    watch: Path | None = None
    library: Path | None = None
    log_format: LogFormat | None = None
    log_level: LogLevel = LogLevel.INFO


OPTIONS: dict[str, Callable[[str], object]] = {
    "config": Path,
    "watch": Path,
    "library": Path,
    "log_format": LogFormat,
    "log_level": LogLevel,
}


def parse_options(words: list[str]) -> RunOptions | None:
    """The options in these words; None if they ask for help, or hold a mistake to be explained."""
    left = [part for word in words for part in _parts(word)]
    values: dict[str, object] = {}
    for option, value in zip(left[::2], left[1::2], strict=False):
        name = option.removeprefix("--").replace("-", "_")
        is_spelled = option == "--" + name.replace("_", "-")
        if not is_spelled or name not in OPTIONS or value.startswith("-"):
            return None
        try:
            values[name] = OPTIONS[name](value)
        except ValueError:
            return None
    return None if len(left) % 2 else RunOptions(**values)  # type: ignore[arg-type]


def start(options: RunOptions) -> None:
    """Watch the folders of the configuration and file new photos, until stopped.

    Raises:
        GalleryError: the options do not go together, or the daemon cannot run.
    """
    _refuse_mistyped(options)
    log = make_log(options.log_format, options.log_level, sys.stdout)

    def load() -> Config:
        loaded = _load(options)
        refuse_failing(loaded)
        warn(loaded, log)
        return loaded

    notifier = Notifier.of_environment(os.environ, os.getpid())
    run_daemon(load, log, SystemClock(), notifier, _say if _is_looked_at(options) else None)


def _is_looked_at(options: RunOptions) -> bool:
    """Whether a person reads the log as it comes, and wants to know of more than what is wrong."""
    form = options.log_format or suitable_format(sys.stdout, os.environ)
    is_console = form is LogFormat.CONSOLE and sys.stdout.isatty()
    return is_console and options.log_level in {LogLevel.DEBUG, LogLevel.INFO}


def _say(words: str) -> None:
    """A line among those of the log, with the time and no event."""
    print(sentence(f"{SystemClock().wall():%H:%M:%S} {words}"), flush=True)


def _parts(word: str) -> list[str]:
    """`--name=value` is `--name value`."""
    name, equals, value = word.partition("=")
    return [name, value] if equals and name.startswith("--") else [word]


def _refuse_mistyped(options: RunOptions) -> None:
    """The options go together, and the folders can be: once, for a disk may go while it runs.

    Raises:
        GalleryError: they do not, or one of them cannot be.
    """
    watch, library = options.watch, options.library
    if watch is None and library is None:
        return
    if options.config is not None or watch is None or library is None:
        raise GalleryError(
            "give either --config, or --watch together with --library",
            hint="gallery-daemon run --watch ~/Sync/Camera --library ~/Pictures/Sorted",
        )
    refuse_missing(os.fspath(watch))
    refuse_elsewhere(os.fspath(library))


def _load(options: RunOptions) -> Config:
    watch, library = options.watch, options.library
    if watch is None or library is None:
        return read_configuration(existing_config(options.config))
    knows_precision = default_knows_precision()
    return with_version(
        default_config((os.fspath(watch),), os.fspath(library), knows_precision=knows_precision)
    )
