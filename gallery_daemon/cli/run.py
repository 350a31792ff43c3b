"""`run`: the daemon."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli.options import (
    ConfigFile,
    Format,
    Level,
    existing_config,
    warn,
)
from gallery_daemon.config.oneshot import default_config
from gallery_daemon.errors import GalleryError
from gallery_daemon.logs import LogLevel, make_log
from gallery_daemon.service.clock import SystemClock
from gallery_daemon.service.configuration import read_configuration
from gallery_daemon.service.daemon import run_daemon
from gallery_daemon.service.systemd import Notifier

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config


def run(
    *,
    config: ConfigFile = None,
    watch: Annotated[
        Path | None, typer.Option(help="Watch this folder without a configuration.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="With --watch: where the class folders are.")
    ] = None,
    log_format: Format = None,
    log_level: Level = LogLevel.INFO,
) -> None:
    """Watch the folders of the configuration and file new photos, until stopped.

    Examples:
        gallery-daemon run

        gallery-daemon run --watch ~/Sync/Camera --library ~/Pictures/Sorted
    """
    log = make_log(log_format, log_level, sys.stdout)

    def load() -> Config:
        loaded = _load(config, watch, library)
        warn(loaded, log)
        return loaded

    notifier = Notifier.of_environment(os.environ, os.getpid())
    run_daemon(load, log, SystemClock(), notifier)


def _load(config: Path | None, watch: Path | None, library: Path | None) -> Config:
    if watch is None and library is None:
        return read_configuration(existing_config(config))
    if config is not None or watch is None or library is None:
        raise GalleryError(
            "give either --config, or --watch together with --library",
            hint="gallery-daemon run --watch ~/Sync/Camera --library ~/Pictures/Sorted",
        )
    return default_config((os.fspath(watch),), os.fspath(library))
