"""`classify`: what the model says of some files, without filing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import warn_of_versions
from gallery_daemon.cli.fitting import path_line
from gallery_daemon.cli.plain import print_to_stderr, shown
from gallery_daemon.cli.progress import shown_until_first
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.classify import FileClassifier
from gallery_daemon.config.settings import Batch, Limits, ModelChoice
from gallery_daemon.daemon.configuration import read_configuration
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.model.manifest import DEFAULT_BUNDLE

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import Setup


def classify(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Photos to classify.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(metavar="BUNDLE", help="`default` or a bundle's folder; `default`."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="By this configuration's model, and what it has learned.",
        ),
    ] = None,
) -> None:
    """Say what the model sees in some photos; nothing is filed.

    Examples:
        gallery-daemon classify --json IMG_2041.HEIC

        gallery-daemon classify --config ~/.config/gallery-daemon/config.yaml IMG_2041.HEIC
    """
    if model is not None and config is not None:
        raise typer.BadParameter("give either --model or --config")
    some_failed = False
    results = FileClassifier(_setup(model, config), SystemClock()).run(files)
    for found in shown_until_first(results, "loading the model"):
        some_failed = some_failed or found.error is not None
        if as_json:
            public.print_json(public.of_classification(found))
        elif found.prediction is None:
            print_to_stderr(f"{found.path}: {found.error}")
        else:
            prediction = found.prediction
            said = f": {prediction.top_class} {prediction.confidence:.2f}"
            print(path_line(found.path, 0, after=shown(said)))
    if some_failed:
        raise typer.Exit(exits.SOME)


def _setup(model: str | None, config: Path | None) -> Setup:
    if config is None:
        return setup_of(ModelChoice(model or DEFAULT_BUNDLE), Batch(), Limits())
    loaded = read_configuration(config)
    warn_of_versions(loaded)
    return setup_of(loaded.model, loaded.batch, loaded.limits)
