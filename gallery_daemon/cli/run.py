"""`run` for help and for mistakes in its options; otherwise `start` reads them itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.options import ConfigFile, Format, Level
from gallery_daemon.cli.start import RunOptions, start
from gallery_daemon.logs.setup import LogLevel


def run(
    *,
    config: ConfigFile = None,
    watch: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Watch this folder without a configuration."),
    ] = None,
    library: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="With --watch: where the class folders are."),
    ] = None,
    log_format: Format = None,
    log_level: Level = LogLevel.INFO,
) -> None:
    """Watch the folders of the configuration and file new photos, until stopped.

    Examples:
        gallery-daemon run

        gallery-daemon run --watch ~/Sync/Camera --library ~/Pictures/Sorted
    """
    start(RunOptions(config, watch, library, log_format, log_level))
