"""`plan`: what `run` would do now, or what a changed configuration would do otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli.compared import print_changes, print_changes_json
from gallery_daemon.cli.config_file import read_to_look
from gallery_daemon.cli.forecast import print_forecast, print_json
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.forecast import changes, forecast, places_of
from gallery_daemon.daemon.configuration import read_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.commands.forecast import Forecast
    from gallery_daemon.config.settings import Config

AllNames = Annotated[bool, typer.Option("--names", help="Show every photo's name.")]


def plan(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Only these folders; all watch folders.", show_default=False),
    ] = None,
    *,
    config: ConfigFile = None,
    was: Annotated[
        Path | None,
        typer.Option(help="Show what would go elsewhere, or otherwise, than under this one."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also photos that came to their end before.")
    ] = False,
    names: AllNames = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Show what `run` would do now with the photos in the watch folders; nothing is done.

    What the model sees is remembered, so the next plan is instant. With --was, all photos in the
    watch folders are decided twice, and those are shown that would go elsewhere, or by another
    action.

    Examples:
        gallery-daemon plan

        gallery-daemon plan --config new.yaml --was ~/.config/gallery-daemon/config.yaml
    """
    present = read_to_look(config)
    chosen = [os.fspath(folder) for folder in folders or ()]
    if was is None:
        found = _forecast(present, chosen, everything=everything)
        print_json(found) if as_json else print_forecast(found, all_names=names)
        return
    former = _forecast(read_configuration(was), chosen, everything=True, is_compared=True)
    latter = _forecast(present, chosen, everything=True, is_compared=True)
    changed = changes(former, latter)
    if as_json:
        print_changes_json(changed)
    else:
        print_changes(changed, former, latter, all_names=names)


def _forecast(
    config: Config, folders: Sequence[str], *, everything: bool, is_compared: bool = False
) -> Forecast:
    places = places_of(config, folders)
    with pass_display("looking") as display:
        return forecast(
            config, places, SystemClock(), display, everything=everything, is_compared=is_compared
        )
