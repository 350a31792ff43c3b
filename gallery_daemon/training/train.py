"""`train`, from labelled folders to a bundle: find, read, split, learn, calibrate, save.

Read `train` from top to bottom; each step is a line or two. Nothing of the user's is changed:
pictures are only read, the bundle is a new folder, and scratch files are beside it until it is
finished.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from gallery_daemon.model.bundle import bundle_files, save_bundle
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.quantise import with_int8
from gallery_daemon.photo import LookKind
from gallery_daemon.training.advice import how_to_use, made_of
from gallery_daemon.training.calibration import Calibration, calibrate
from gallery_daemon.training.card import CARD_FILE, model_card
from gallery_daemon.training.coverage import agreement_of
from gallery_daemon.training.features import Runner
from gallery_daemon.training.int8_bundle import kept_int8, make_int8
from gallery_daemon.training.learned import NEIGHBOURS, Learned
from gallery_daemon.training.made_from import PICTURES_FILE, MadeFrom
from gallery_daemon.training.pictures import SkippedPictures, read_gallery
from gallery_daemon.training.plots import all_plots
from gallery_daemon.training.predictions import PREDICTIONS_FILE, save_predictions
from gallery_daemon.training.report import (
    HEADINGS,
    REPORT_FILE,
    Misclassified,
    report_page,
    surest_mistakes,
)
from gallery_daemon.training.split import fold_sources, load_data, make_splits
from gallery_daemon.training.train_options import provenance_of, read_notes
from gallery_daemon.training.trainer import Trainer
from gallery_daemon.training.weights import find_weights
from gallery_daemon.training.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.training.checkpoint import Progress
    from gallery_daemon.training.coverage import LookAgreement
    from gallery_daemon.training.display import Display, Epoch
    from gallery_daemon.training.measures import Measures
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.split import Split
    from gallery_daemon.training.train_options import TrainOptions

# Enough for steady gradients; a GPU is idle with less. In bfloat16 on 2 cores 64 are a third faster
# than 32.
_BATCH_SIZES = {"cpu": 64, "cuda": 128, "mps": 64}


@dataclass(frozen=True, slots=True)
class TrainResult:
    """The result of a training.

    `measures` are of the validation pictures, `left_out` of the sources that were left out in turn,
    if there were any, both by the full look; `agreement` is of both looks, if there are two;
    `finished` is false after Ctrl-C, `can_resume` if it can go on.
    """

    manifest: Manifest
    measures: Measures
    left_out: Measures | None
    agreement: LookAgreement | None
    epochs: tuple[Epoch, ...]
    skipped: SkippedPictures
    finished: bool
    can_resume: bool


def train(options: TrainOptions, display: Display) -> TrainResult:
    """A new bundle is at `options.out`.

    Raises:
        TrainingError: the data cannot be learned from, or the weights do not fit.
        BundleError: the bundle exists already or cannot be written.
        KeyboardInterrupt: Ctrl-C came before anything was learned.
    """
    runner, int8 = _runner(options), None
    with Workspace(options) as workspace:
        gallery = load_data(options)
        weights = find_weights(options.weights, options.recipe.starts_from, display.say)
        weights.tell_of_forgotten(gallery.classes, display.say)
        loaded = read_gallery(
            gallery,
            workspace.folder,
            threads=options.threads,
            display=display,
            full_size=options.size or weights.full_size,
        )
        display.skipped(loaded.skipped)
        workspace.refuse_other_start(loaded.gallery, weights)
        if options.folds:
            options = replace(options, left_out=fold_sources(loaded.gallery, options.folds))
        split, left_out = make_splits(options, loaded.gallery)

        trainer = Trainer(options, loaded, weights, runner, display, workspace.folder)
        unseen = [trainer.train_without(each, number) for number, each in enumerate(left_out)]
        network, progress = trainer.train(split, "course", len(left_out))
        learned = trainer.learned(network, split)
        seen = trainer.predict(learned, split.validate)
        neighbours = min(NEIGHBOURS, len(learned.bank.labels))
        calibration = calibrate(loaded.gallery, seen, unseen, trainer.sizes, neighbours)

        finished = progress.phase == len(options.recipe.phases)
        provenance = provenance_of(options, loaded, runner, weights=weights.name)
        manifest = _manifest(trainer, calibration, {"finished": finished, **provenance})
        if finished:
            int8 = kept_int8(weights.bundle, learned, manifest, trainer, split)
            if int8 is None and options.int8:
                int8 = make_int8(learned, manifest, loaded, split, display)
            manifest = with_int8(manifest, int8)
        files = _report(trainer, calibration, progress, provenance) | (int8.files if int8 else {})
        files[PICTURES_FILE] = _made_from(loaded, split)
        files[CARD_FILE] = _card(manifest, learned, files, options.notes)
        with workspace.replacing_unfinished():
            manifest = save_bundle(
                options.out, network, manifest, files, bank=learned.bank, head=learned.head
            )
        if finished:
            workspace.finish()
    return TrainResult(
        manifest,
        calibration.measures["validation"],
        calibration.measures.get("left_out_sources"),
        _agreement(calibration),
        tuple(progress.epochs),
        loaded.skipped,
        finished,
        can_resume=workspace.folder.exists(),
    )


def _runner(options: TrainOptions) -> Runner:
    kind = torch_kinds(options.device)[0]
    precision: torch.dtype = getattr(torch, kind.precision)
    if kind.device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        precision = torch.bfloat16  # float32's range: no gradient vanishes
    batch_size = options.recipe.batch_size or _BATCH_SIZES[kind.device]
    return Runner(torch.device(kind.device), precision, batch_size)


def _manifest(
    trainer: Trainer, calibration: Calibration, provenance: dict[str, object]
) -> Manifest:
    """The manifest, but for the hashes, which saving fills in."""
    hardest = "left_out_sources" if calibration.left_out else "validation"
    metrics = {
        # Each source by itself is most of the file, which the daemon reads: once is enough.
        key: found.to_json() if key == hardest else found.to_json() | {"per_source": []}
        for key, found in calibration.measures.items()
    }
    if agreement := _agreement(calibration):
        metrics["quick_against_full"] = agreement.to_json()
    return Manifest(
        name=trainer.options.out.name,
        classes=trainer.loaded.gallery.classes,
        weights_sha256="",
        looks=calibration.looks,
        familiarity=calibration.familiarity,
        provenance=provenance,
        metrics=metrics,
    )


def _report(
    trainer: Trainer,
    calibration: Calibration,
    progress: Progress,
    provenance: Mapping[str, object],
) -> dict[str, bytes]:
    """The plots and the page of the bundle, and the left-out predictions, by file name."""
    held_out = calibration.held_out
    plots = all_plots(progress.epochs, held_out[LookKind.FULL], held_out.get(LookKind.QUICK))
    measured = {HEADINGS[key]: found for key, found in calibration.measures.items()}
    title = f"The model {trainer.options.out.name}"
    mistakes = list(_mistakes(trainer.loaded, calibration))
    page = report_page(
        title,
        measured,
        plots,
        mistakes,
        trainer.loaded.skipped,
        agreement=_agreement(calibration),
        about=made_of(provenance),
        use=how_to_use(trainer.options.out),
    )
    files = {**plots, REPORT_FILE: page}
    if calibration.left_out:
        files[PREDICTIONS_FILE] = save_predictions(calibration.left_out)
    return files


def _made_from(loaded: LoadedGallery, split: Split) -> bytes:
    """Which pictures trained and which validated, so that `evaluate` knows them again."""
    pictures = loaded.gallery.pictures
    places = (split.train, split.validate)
    return MadeFrom.of(*((pictures[each].path for each in some) for some in places)).to_json()


def _agreement(calibration: Calibration) -> LookAgreement | None:
    """How often the quick look gives the class of the full one; None without a quick look."""
    quick = calibration.held_out.get(LookKind.QUICK)
    if quick is None:
        return None
    return agreement_of(quick, calibration.held_out[LookKind.FULL])


def _card(
    manifest: Manifest, learned: Learned, files: dict[str, bytes], notes: Path | None
) -> bytes:
    own = bundle_files(learned.network, learned.head, learned.bank)
    sizes = {name: len(content) for name, content in (own | files).items()}
    return model_card(manifest, sizes, read_notes(notes)).encode(errors="replace")


def _mistakes(loaded: LoadedGallery, calibration: Calibration) -> Iterator[Misclassified]:
    """The most confident mistakes on the pictures that the plots show."""
    pixels, pictures = loaded.open(), loaded.gallery.pictures
    for row, called, truth, confidence in surest_mistakes(calibration.held_out[LookKind.FULL]):
        place = calibration.places[row]
        yield Misclassified(called, truth, confidence, pictures[place].path.name, pixels[place])
