"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.moments import MOST
from gallery_daemon.logs.setup import LogFormat, LogLevel

# One word for it; the others were one command's each, and stay.
LAST = ("--last", "-n", "--limit", "--lines")
Last = Annotated[
    int | None,
    typer.Option(*LAST, min=1, max=MOST, metavar="N", help="The last N, the newest first; 20."),
]
ClassName = Annotated[str | None, typer.Option("--class", metavar="CLASS", help="Of this class.")]
RuleName = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help="Filed by the rule of this name.")
]
ModelName = Annotated[
    str, typer.Option("--model", metavar="BUNDLE", help="`default` or a bundle's folder.")
]
OptionalModelName = Annotated[
    str | None,
    typer.Option("--model", metavar="BUNDLE", help="`default` or a bundle's folder; `default`."),
]
ConfigOfModel = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="By this configuration's model, and what it has learned."
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The configuration; ~/.config/gallery-daemon/config.yaml."
    ),
]
ConfigOfLibrary = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Only of this configuration's library; all libraries."
    ),
]
TaughtLibrary = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="FOLDER",
        help="Of this library; the configuration's, or the one of `run` without a configuration.",
    ),
]
Format = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format",
        metavar="FORMAT",
        help="Console on a terminal, JSON elsewhere, if not given.",
    ),
]
Level = Annotated[
    LogLevel, typer.Option("--log-level", metavar="LEVEL", help="The least important event.")
]
OptionalLevel = Annotated[
    LogLevel | None,
    typer.Option(
        "--log-level",
        metavar="LEVEL",
        help="The least important event; warning on a terminal, else info.",
    ),
]
