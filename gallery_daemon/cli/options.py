"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.logs.setup import LogFormat, LogLevel

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration; ~/.config/gallery-daemon/config.yaml."),
]
Format = Annotated[
    LogFormat | None,
    typer.Option("--log-format", help="Console on a terminal, JSON elsewhere, if not given."),
]
Level = Annotated[LogLevel, typer.Option("--log-level", help="The least important event.")]
OptionalLevel = Annotated[
    LogLevel | None,
    typer.Option(
        "--log-level", help="The least important event; warning on a terminal, else info."
    ),
]
