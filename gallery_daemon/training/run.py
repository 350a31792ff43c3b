"""`train`, from labelled folders to a bundle: find, read, split, learn, calibrate, save.

Read `train` from top to bottom; each step is a line or two. Nothing of the user's is changed:
pictures are only read, the bundle is a new folder, and scratch files lie beside it until it is
finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.quantise import with_int8
from gallery_daemon.training.classroom import Classroom
from gallery_daemon.training.eightbit import eight_bits
from gallery_daemon.training.features import Runner
from gallery_daemon.training.parties import find_all, split_all
from gallery_daemon.training.pictures import Skipped, read_gallery
from gallery_daemon.training.plots import all_plots
from gallery_daemon.training.provenance import provenance_of
from gallery_daemon.training.report import REPORT_FILE, Mistake, contact_sheet, report_page
from gallery_daemon.training.verdict import Verdict, judge
from gallery_daemon.training.weights import find_weights
from gallery_daemon.training.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.checkpoint import Progress
    from gallery_daemon.training.display import Display, Epoch
    from gallery_daemon.training.measure import Measures
    from gallery_daemon.training.options import TrainOptions

# Enough for steady gradients; a GPU is idle with less. On 2 cores 32 and 64 are equally fast.
_BATCH_SIZES = {"cpu": 32, "cuda": 128, "mps": 64}


@dataclass(frozen=True, slots=True)
class Summary:
    """What training came to.

    `measures` are of the validation pictures, `left_out` of the sources that were left out in turn,
    if there were any; `finished` is false after Ctrl-C, `can_resume` if it can go on.
    """

    manifest: Manifest
    measures: Measures
    left_out: Measures | None
    epochs: tuple[Epoch, ...]
    skipped: Skipped
    finished: bool
    can_resume: bool


def train(options: TrainOptions, display: Display) -> Summary:
    """A new bundle lies at `options.out`.

    Raises:
        TrainingError: the data cannot be learned from, or the weights do not fit.
        BundleError: the bundle exists already or cannot be written.
        KeyboardInterrupt: Ctrl-C came before anything was learned.
    """
    runner = _runner(options)
    with Workshop(options) as shop:
        gallery = find_all(options)
        weights = find_weights(options.weights, options.recipe.starts_from, display.say)
        reading = read_gallery(gallery, shop.folder, threads=options.threads, display=display)
        display.skipped(reading.skipped)
        shop.refuse_other_start(reading.gallery, weights)
        split, left_out = split_all(options, reading.gallery)

        room = Classroom(options, reading, weights, runner, display, shop.folder)
        unseen = [room.learn_without(each, course) for course, each in enumerate(left_out)]
        network, progress = room.learn(split, "course", len(left_out))
        verdict = judge(reading.gallery, room.ask(network, split.validate), unseen)

        finished = progress.phase == len(options.recipe.phases)
        provenance = provenance_of(options, reading, runner, weights=weights.name)
        manifest = Manifest(
            name=options.out.name,
            classes=reading.gallery.classes,
            weights_sha256="",
            temperature=verdict.temperature,
            provenance={"finished": finished, **provenance},
            metrics={key: found.to_json() for key, found in verdict.measures.items()},
        )
        shown = _shown(room, verdict, progress)
        made = None
        if finished and options.int8:
            made = eight_bits(network, manifest, reading.open(), split, display)
            shown |= made.files if made else {}
        with shop.making_way():
            manifest = save_bundle(options.out, network, with_int8(manifest, made), shown)
        if finished:
            shop.finish()
    return Summary(
        manifest,
        verdict.measures["validation"],
        verdict.measures.get("left_out_sources"),
        tuple(progress.epochs),
        reading.skipped,
        finished,
        can_resume=shop.folder.exists(),
    )


def _runner(options: TrainOptions) -> Runner:
    kind = torch_kinds(options.device)[0]
    precision: torch.dtype = getattr(torch, kind.precision)
    if kind.device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        precision = torch.bfloat16  # float32's range: no gradient vanishes
    batch_size = options.recipe.batch_size or _BATCH_SIZES[kind.device]
    return Runner(torch.device(kind.device), precision, batch_size)


def _shown(room: Classroom, verdict: Verdict, progress: Progress) -> dict[str, bytes]:
    """The plots and the page of the bundle, by file name."""
    plots = all_plots(progress.epochs, verdict.hardest)
    headings = {"validation": "Validation", "left_out_sources": "Sources left out in turn"}
    measured = {headings[key]: found for key, found in verdict.measures.items()}
    title = f"The model {room.options.out.name}"
    page = report_page(title, measured, plots, list(_mistakes(room, verdict)), room.reading.skipped)
    return {**plots, REPORT_FILE: page}


def _mistakes(room: Classroom, verdict: Verdict) -> Iterator[Mistake]:
    """The most confident mistakes on the pictures that the plots are of, too."""
    pixels, pictures = room.reading.open(), room.reading.gallery.pictures
    for row, said, truth, confidence in contact_sheet(verdict.hardest):
        place = verdict.places[row]
        yield Mistake(said, truth, confidence, pictures[place].path.name, pixels[place])
