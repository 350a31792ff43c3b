"""`classify`: what the model says of some files, without filing them."""

from __future__ import annotations

from typing import Annotated

import typer

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import model_choice
from gallery_daemon.cli.fitting import path_line
from gallery_daemon.cli.options import ConfigOfModel, OptionalModelName
from gallery_daemon.cli.plain import print_to_stderr, shown
from gallery_daemon.cli.progress import shown_until_first
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.classify import FileClassifier
from gallery_daemon.config.settings import Batch, Limits
from gallery_daemon.daemon.wiring import setup_of


def classify(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Photos to classify.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
    model: OptionalModelName = None,
    config: ConfigOfModel = None,
) -> None:
    """Say what the model sees in some photos; nothing is filed.

    Examples:
        gallery-daemon classify --json IMG_2041.HEIC

        gallery-daemon classify --config ~/.config/gallery-daemon/config.yaml IMG_2041.HEIC
    """
    some_failed = False
    setup = setup_of(model_choice(model, config), Batch(), Limits())
    results = FileClassifier(setup, SystemClock()).run(files)
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
