"""`train` and `evaluate`: make a model of one's own folders, and see how good one is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli.config_file import model_choice
from gallery_daemon.cli.figures import print_agreement, print_measures, print_summary
from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.options import ConfigOfModel, OptionalModelName
from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.progress import training_display
from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, find_bundle

if TYPE_CHECKING:
    from gallery_daemon.training.evaluate import Evaluation
    from gallery_daemon.training.recipe import Recipe
    from gallery_daemon.training.train import TrainResult
    from gallery_daemon.training.train_options import TrainOptions

Data = Annotated[
    list[Path],
    typer.Argument(metavar="DATA", help="Folders with one folder of pictures for each class."),
]
DeviceName = Annotated[str, typer.Option(metavar="DEVICE", help="auto, cpu, cuda or mps.")]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="The new bundle's folder; must not exist yet.", show_default=False
    ),
]
RecipeName = Annotated[
    str,
    typer.Option(
        metavar="RECIPE", help="default, article (the one this program comes from) or fast."
    ),
]
Fast = Annotated[bool, typer.Option("--fast", help="Only a new last layer: seconds, not hours.")]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="WEIGHTS",
        help="Where to start: imagenet (downloaded once; the default where it can be reached), "
        "default (the shipped model; what --fast takes), none, or a path to a bundle or "
        ".safetensors file.",
    ),
]
Validation = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Class folders that validate; all of DATA then trains."),
]
BySource = Annotated[
    bool,
    typer.Option(
        "--split-by-source",
        help="Validate on whole sources: a source is the part of a name before `__`.",
    ),
]
LeftOut = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SOURCES",
        help="Also train without these sources (A,B,C) and measure on them, so that the "
        "figures and the calibration hold for photos from elsewhere. Can be given again.",
    ),
]
Folds = Annotated[
    int,
    typer.Option(
        help="Leave every source out once, in so many trainings besides: 3 takes three times as "
        "long and measures on all pictures.",
        min=0,
        max=10,
    ),
]
ValShare = Annotated[
    float, typer.Option(help="The share of the pictures that validate.", min=0.01, max=0.9)
]
FullSize = Annotated[
    int | None,
    typer.Option(
        help="Side of the picture in a full look, in pixels: smaller is faster. Not given: 224, or "
        "that of the bundle that --weights names.",
        min=96,
        max=224,
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(help="Decides the split and the order of pictures.")]
Epochs = Annotated[
    str | None, typer.Option(metavar="N,N", help="Epochs of each phase of the recipe, as in 5,3.")
]
Notes = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A Markdown text for the end of MODEL_CARD.md: known failures, licences.",
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a training that was interrupted.")
]
Int8 = Annotated[
    bool | None,
    typer.Option(
        help="Also make an 8-bit network, for processors; two minutes. Done unless --fast.",
        show_default=False,
    ),
]
Doubtful = Annotated[
    bool,
    typer.Option(
        "--doubtful",
        help="Train nothing: name the pictures of DATA that seem to lie in the wrong folder.",
    ),
]
_DEFAULT_RECIPE, _FAST_RECIPE = "default", "fast"


def train(
    data: Data,
    *,
    out: Out = None,
    doubtful: Doubtful = False,
    recipe: RecipeName = _DEFAULT_RECIPE,
    fast: Fast = False,
    weights: Weights = None,
    val: Validation = None,
    split_by_source: BySource = False,
    val_share: ValShare = 0.2,
    leave_source_out: LeftOut = None,
    folds: Folds = 0,
    size: FullSize = None,
    seed: Seed = 0,
    epochs: Epochs = None,
    notes: Notes = None,
    resume: Resume = False,
    int8: Int8 = None,
    device: DeviceName = "auto",
) -> None:
    """Train the model on your own folders: one folder for each class.

    Of the pictures 80% train and 20% validate (--val-share). The best epoch is kept and its
    confidence calibrated. The bundle holds the weights, the manifest, a model card, plots, and
    report.html. Ctrl-C keeps the best so far; --resume goes on.

    Examples:
        gallery-daemon train ~/Pictures/Labelled --out ~/models/family

        gallery-daemon train ~/Pictures/Labelled --fast --out ~/models/quick

        gallery-daemon train ~/Pictures/Labelled --recipe article --out ~/models/article

        gallery-daemon train ~/Pictures/Labelled --doubtful
    """
    if doubtful:
        _name_doubtful(data, weights or DEFAULT_BUNDLE, device)
        return
    if out is None:
        raise typer.BadParameter("--out is missing: the folder of the new bundle")
    if val is not None and split_by_source:
        raise typer.BadParameter("--val and --split-by-source exclude each other")
    if folds and leave_source_out:
        raise typer.BadParameter("--folds and --leave-source-out exclude each other")
    if folds == 1:
        raise typer.BadParameter("--folds 1 would leave all sources out at once: give 2 or more")
    if fast and recipe not in {_DEFAULT_RECIPE, _FAST_RECIPE}:
        raise typer.BadParameter(f"--fast and --recipe {recipe} exclude each other")
    from gallery_daemon.training.train_options import TrainOptions  # noqa: PLC0415

    options = TrainOptions(
        data=tuple(data),
        out=out.absolute(),
        weights=weights,
        recipe=_recipe(_FAST_RECIPE if fast else recipe, epochs),
        seed=seed,
        validation=val,
        by_source=split_by_source,
        validation_share=val_share,
        folds=folds,
        size=size,
        left_out=tuple(_names(text) for text in leave_source_out or ()),
        device=device,
        notes=notes,
        resume=resume,
        int8=int8 if int8 is not None else not (fast or recipe == _FAST_RECIPE),
    )
    _train(options, out)


def evaluate(
    data: Data,
    *,
    model: OptionalModelName = None,
    config: ConfigOfModel = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write the tables, plots and surest mistakes as one HTML file.",
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="ENGINE", help="auto (the one that the daemon would take), torch or openvino."
        ),
    ] = "auto",
    device: DeviceName = "auto",
) -> None:
    """Measure a model on labelled folders, whose names must be the model's classes.

    By the full look, and by the quick look where the model has one: how many photos reach a
    confidence, how many of those are right, and how each class does. With --report all the rest is
    in a page: each source, the confidence from which on 95 of 100 are right, the mistakes.

    Examples:
        gallery-daemon evaluate ~/Pictures/Labelled --model ~/models/family

        gallery-daemon evaluate ~/Pictures/Labelled --report report.html

        gallery-daemon evaluate ~/Pictures/Labelled --config rules.yaml
    """
    if report is not None and report.exists():
        raise TrainingError(
            f"{report} exists already", hint="give a new name; nothing is overwritten"
        )
    chosen = model_choice(model, config)
    with training_display("loading the model") as display:
        from gallery_daemon.model.engines.choose import EngineOptions  # noqa: PLC0415
        from gallery_daemon.training import evaluate as evaluating  # noqa: PLC0415

        version = None if chosen.version is None else Path(chosen.version)
        wanted = EngineOptions(
            find_bundle(chosen.bundle), engines_file(), engine, device, version=version
        )
        found = evaluating.evaluate(data, wanted, display)
        display.skipped(found.skipped)
    if report is not None:
        _write_report(found, report)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
        return
    typer.echo(f"model {found.model}, {found.engine}")
    if found.caution is not None:
        print(sentence(found.caution))
    print_measures(found.measures, "pictures")
    if found.quick and found.agreement:
        print_summary(found.quick, "pictures by a quick look")
        print_agreement(found.agreement)
    rest = "by source, from which confidence on, the surest mistakes"
    if report is None:
        print(sentence(f"for the rest ({rest}) give --report FILE.html"))
    else:
        print(path_line(str(report.absolute()), 0, before="wrote "))
        print(sentence(f"it has the rest: {rest}"))


def _write_report(found: Evaluation, report: Path) -> None:
    # The library that draws takes a second to import.
    from gallery_daemon.training.evaluation_report import evaluation_page  # noqa: PLC0415

    try:
        with report.open("xb") as file:
            file.write(evaluation_page(found))
    except OSError as error:
        raise TrainingError(f"cannot write {report}: {error.strerror}") from error


def _train(options: TrainOptions, out: Path) -> None:
    try:
        with training_display() as display:
            # Torch takes seconds to import: only a training waits for it, no typing mistake does.
            from gallery_daemon.training.train import train as run_training  # noqa: PLC0415

            result = run_training(options, display)
    except KeyboardInterrupt:
        typer.echo("interrupted before there was a model; if an epoch was kept, the same command")
        typer.echo("and --resume go on")
        raise
    _print_result(result, out)


def _name_doubtful(data: list[Path], weights: str, device: str) -> None:
    """Print the pictures that seem to lie in the wrong folder, the most doubtful first."""
    with training_display("loading the model") as display:
        from gallery_daemon.model.engines.choose import EngineOptions  # noqa: PLC0415
        from gallery_daemon.training.doubtful_pictures import doubtful_pictures  # noqa: PLC0415

        options = EngineOptions(find_bundle(weights), engines_file(), device=device)
        found = doubtful_pictures(data, options, os.cpu_count() or 1, display)
    for each in found.doubtful:
        print(path_line(str(each.path), 0))
        likelier = f"{each.likelier} ({each.probability:.2f})"
        print(sentence(f"looks like {likelier}, and lies in {each.label} ({each.given:.2f})", 2))
    count = f"{len(found.doubtful)} of {found.pictures} pictures are doubtful"
    print(sentence(f"{count}: look at them, and move those that are wrong"))


def _print_result(result: TrainResult, out: Path) -> None:
    if result.left_out:
        # They say more of photos from elsewhere than those that are like the training's.
        print_summary(result.measures, "validation pictures")
        print_measures(result.left_out, "pictures of sources left out in turn")
    else:
        print_measures(result.measures, "validation pictures")
    if result.agreement:
        print_agreement(result.agreement)
    for look, settings in result.manifest.looks.items():
        typer.echo(f"{look} look: {settings.size} px, temperature {settings.temperature:.3f}")
    _print_end(out, is_finished=result.finished, can_resume=result.can_resume)


def _print_end(out: Path, *, is_finished: bool, can_resume: bool) -> None:
    """Where the bundle is, and what to do with it."""
    from gallery_daemon.training.advice import model_line  # noqa: PLC0415
    from gallery_daemon.training.report import REPORT_FILE  # noqa: PLC0415

    if is_finished:
        typer.echo(sentence(f"wrote {out}; open {out / REPORT_FILE} to see how good it is"))
        typer.echo("to use it, put this line into your configuration:")
        typer.echo(shown(f"  {model_line(out)}"))
        return
    typer.echo(sentence(f"interrupted: wrote the best so far to {out}"))
    if can_resume:
        typer.echo("go on with the same command and --resume")


def _recipe(name: str, epochs: str | None) -> Recipe:
    from gallery_daemon.training.recipe import RECIPES, with_epochs  # noqa: PLC0415

    if name not in RECIPES:
        raise TrainingError(
            f"there is no recipe {name!r}", hint=f"the recipes are {', '.join(RECIPES)}"
        )
    if epochs is None:
        return RECIPES[name]
    parts = epochs.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise typer.BadParameter(f"{epochs!r}: write a number for each phase, as in 5,3")
    return with_epochs(RECIPES[name], tuple(map(int, parts)))


def _names(text: str) -> tuple[str, ...]:
    """The sources in `A,B,C`."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise typer.BadParameter(f"{text!r} names no source: write them as in A,B,C")
    return names
