"""`train` and `evaluate`: make a model of one's own folders, and see how good one is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.progress import training_display
from gallery_daemon.cli.render import print_measures, print_skipped
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, find_bundle

_PHASES = 2

Data = Annotated[Path, typer.Argument(help="A folder with one folder of pictures for each class.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]


def train(
    data: Data,
    *,
    out: Annotated[Path, typer.Option(help="The new bundle's folder; must not exist yet.")],
    weights: Annotated[
        str,
        typer.Option(
            help="Where to start: imagenet (downloaded once), default (the shipped model), "
            "none, or a path to a bundle or .safetensors file."
        ),
    ] = "imagenet",
    seed: Annotated[int, typer.Option(help="Decides the split and the order of pictures.")] = 0,
    epochs: Annotated[
        str, typer.Option(help="Epochs of the two phases, layer4 and fc, then fc alone.")
    ] = "5,3",
    device: Device = "auto",
) -> None:
    """Train the model on your own folders: one folder for each class.

    The recipe is the article's: ResNet34 with a new last layer; first layer4 and fc (Adam, 1e-5, 5
    epochs), then fc alone (3e-4, 3 epochs); batches of 64, 80% of the pictures train, 20% validate.
    The best epoch is kept. The bundle holds the weights, the manifest and the loss plots.

    Examples:
        gallery-daemon train ~/Pictures/Labelled --out ~/models/family

        gallery-daemon train ~/Pictures/Labelled --weights default --out ~/models/offline
    """
    counts = _counts(epochs)
    # Torch takes seconds to import: only those who train wait for it.
    from gallery_daemon.training import run as training  # noqa: PLC0415
    from gallery_daemon.training.recipe import ARTICLE, with_epochs  # noqa: PLC0415

    phases = with_epochs(ARTICLE, counts)
    options = training.TrainOptions(data, out, weights, seed=seed, phases=phases, device=device)
    with training_display() as display:
        summary = training.train(options, display)
    print_skipped(summary.skipped)
    print_measures(summary.measures, "validation pictures")
    typer.echo(f"temperature {summary.manifest.temperature:.3f}")
    typer.echo(f"wrote {out}: put `model: {out}` into your configuration")


def evaluate(
    data: Data,
    *,
    model: Annotated[str, typer.Option(help="`default` or a bundle's folder.")] = DEFAULT_BUNDLE,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    device: Device = "auto",
) -> None:
    """Measure a model on labelled folders, whose names must be the model's classes.

    Example: gallery-daemon evaluate ~/Pictures/Labelled --model ~/models/family
    """
    from gallery_daemon.training import evaluate as evaluating  # noqa: PLC0415

    with training_display() as display:
        found = evaluating.evaluate(data, find_bundle(model), display, device)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
        return
    print_skipped(found.skipped)
    typer.echo(f"model {found.model}, {found.engine}")
    print_measures(found.measures, "pictures")


def _counts(text: str) -> tuple[int, ...]:
    """The numbers of epochs of the two phases in `5,3`."""
    parts = text.split(",")
    if len(parts) != _PHASES or not all(part.strip().isdecimal() for part in parts):
        raise typer.BadParameter(f"{text!r}: write {_PHASES} numbers, as in 5,3")
    counts = tuple(int(part) for part in parts)
    if not any(counts):
        raise typer.BadParameter("no phase has an epoch")
    return counts
