"""`train`, from labelled folders to a bundle: find, read, split, learn, calibrate, save.

Read `train` from top to bottom; each step is a line or two. Nothing of the user's is changed:
pictures are only read, the bundle is a new folder, scratch files lie beside it and go away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.predict import choose_engine
from gallery_daemon.training.calibrate import fit_temperature
from gallery_daemon.training.classroom import Answers, Classroom
from gallery_daemon.training.dataset import Gallery, find_gallery
from gallery_daemon.training.features import Runner
from gallery_daemon.training.judgement import Judgement
from gallery_daemon.training.measure import Measures, measure
from gallery_daemon.training.pictures import Skipped, read_gallery
from gallery_daemon.training.plots import all_plots
from gallery_daemon.training.provenance import provenance_of
from gallery_daemon.training.report import REPORT_FILE, contact_sheet, report_page
from gallery_daemon.training.split import Split, split_by_folder, split_by_source, split_randomly
from gallery_daemon.training.weights import find_weights
from gallery_daemon.training.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.training.checkpoint import Progress
    from gallery_daemon.training.display import Display, Epoch
    from gallery_daemon.training.options import TrainOptions

# Enough for steady gradients; a GPU is idle with less. On 2 cores 32 and 64 are equally fast.
_BATCH_SIZES = {"cpu": 32, "cuda": 128}


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


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How good the network is on validation pictures, and its like on sources left out in turn."""

    validation: Judgement
    left_out: Judgement | None

    def measures(self) -> dict[str, Measures]:
        """The measures by their key in the manifest."""
        found = {"validation": measure(self.validation)}
        if self.left_out:
            found["left_out_sources"] = measure(self.left_out)
        return found


def train(options: TrainOptions, display: Display) -> Summary:
    """A new bundle lies at `options.out`.

    Raises:
        TrainingError: the data cannot be learned from, or the weights do not fit.
        BundleError: the bundle exists already or cannot be written.
        KeyboardInterrupt: Ctrl-C came before anything was learned.
    """
    with Workshop(options) as shop:
        weights = find_weights(options.weights, options.recipe.starts_from, display.say)
        gallery = _find(options)
        reading = read_gallery(gallery, shop.folder, threads=options.threads, display=display)
        shop.refuse_other_pictures(reading.gallery)
        room = Classroom(options, reading, weights, _runner(options), display, shop.folder)

        unseen = [room.learn_without(sources) for sources in options.left_out]
        split = _split(options, reading.gallery)
        network, progress = room.learn(split, "course")
        verdict = _judge(reading.gallery.classes, room.ask(network, split.validate), unseen)

        finished = progress.phase == len(options.recipe.phases)
        manifest = Manifest(
            name=options.out.name,
            classes=reading.gallery.classes,
            weights_sha256="",
            temperature=verdict.validation.temperature,
            provenance=provenance_of(
                options, reading, room.run, weights=weights.name, finished=finished
            ),
            metrics={key: found.to_json() for key, found in verdict.measures().items()},
        )
        shown = _shown(room, split, verdict, progress)
        shop.clear_bundle()
        manifest = save_bundle(options.out, network, manifest, shown)
        if finished:
            shop.finish()
    measures = verdict.measures()
    return Summary(
        manifest,
        measures["validation"],
        measures.get("left_out_sources"),
        tuple(progress.epochs),
        reading.skipped,
        finished,
        can_resume=shop.folder.exists(),
    )


def _find(options: TrainOptions) -> Gallery:
    gallery = find_gallery(options.data)
    if options.validation is None:
        return gallery
    extra = find_gallery([options.validation], gallery.classes)
    return Gallery(gallery.classes, gallery.pictures + extra.pictures)


def _split(options: TrainOptions, gallery: Gallery) -> Split:
    if options.validation is not None:
        return split_by_folder(gallery, options.validation)
    if options.by_source:
        return split_by_source(gallery, options.validation_share, options.seed)
    everything = range(len(gallery.pictures))
    return split_randomly(everything, options.validation_share, options.seed)


def _runner(options: TrainOptions) -> Runner:
    engine = choose_engine(options.device)
    precision = engine.precision
    if engine.device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        precision = torch.bfloat16  # float32's range: no gradient vanishes
    batch_size = options.recipe.batch_size or _BATCH_SIZES[engine.device]
    return Runner(torch.device(engine.device), precision, batch_size)


def _judge(classes: tuple[str, ...], seen: Answers, unseen: Sequence[Answers]) -> _Verdict:
    """Both are calibrated on sources that no network has seen, where there are answers of some.

    The person's next photos are like them, and not like the pictures that it learned from.
    """
    asked = unseen or [seen]
    pooled = Answers(
        torch.cat([answers.logits for answers in asked]),
        torch.cat([answers.truth for answers in asked]),
        tuple(source for answers in asked for source in answers.sources),
    )
    temperature = fit_temperature(pooled.logits, pooled.truth)

    def judged(answers: Answers) -> Judgement:
        probabilities = torch.softmax(answers.logits / temperature, dim=1)
        return Judgement(
            probabilities.numpy(), answers.truth.numpy(), classes, answers.sources, temperature
        )

    return _Verdict(judged(seen), judged(pooled) if unseen else None)


def _shown(
    room: Classroom, split: Split, verdict: _Verdict, progress: Progress
) -> dict[str, bytes]:
    """The plots and the page of the bundle, by file name."""
    plots = all_plots(progress.epochs, verdict.left_out or verdict.validation)
    places = list(split.validate)
    mistakes = contact_sheet(
        verdict.validation,
        [room.reading.gallery.pictures[place] for place in places],
        room.reading.open()[places],
    )
    headings = {"validation": "Validation", "left_out_sources": "Sources left out in turn"}
    measured = {headings[key]: found for key, found in verdict.measures().items()}
    title = f"The model {room.options.out.name}"
    return {**plots, REPORT_FILE: report_page(title, measured, plots, list(mistakes))}
