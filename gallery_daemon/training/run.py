"""`train`, from labelled folders to a bundle: find, read, split, train each phase, calibrate, save.

Read `train` from top to bottom; each step is a line or two. Nothing of the user's is changed:
pictures are only read, the bundle is a new folder, scratch files lie beside it and go away.
"""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torchvision

import gallery_daemon
from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import refuse_existing, save_bundle
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.network import STAGES, new_network, stages
from gallery_daemon.model.predict import choose_engine
from gallery_daemon.training.calibrate import fit_temperature
from gallery_daemon.training.dataset import find_gallery, split
from gallery_daemon.training.display import Epoch
from gallery_daemon.training.features import Reading, Runner, advance, read_features
from gallery_daemon.training.loop import Best, Material, predict_logits, train_phase
from gallery_daemon.training.measure import Measures, measure
from gallery_daemon.training.plots import loss_plot
from gallery_daemon.training.recipe import ARTICLE, BATCH_SIZE, VALIDATION_SHARE, Phase
from gallery_daemon.training.weights import start_from

if TYPE_CHECKING:
    from gallery_daemon.training.display import Display


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person chose. `weights` as in `weights.start_from`; `threads` decode pictures."""

    data: Path
    out: Path
    weights: str
    seed: int = 0
    phases: tuple[Phase, ...] = ARTICLE
    batch_size: int = BATCH_SIZE
    validation_share: float = VALIDATION_SHARE
    device: str = "auto"
    threads: int = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Summary:
    """What training came to; `skipped` are the pictures that could not be read, with the reason."""

    manifest: Manifest
    measures: Measures
    epochs: tuple[Epoch, ...]
    skipped: tuple[tuple[Path, str], ...]


def train(options: TrainOptions, display: Display) -> Summary:
    """A new bundle lies at `options.out`.

    Raises:
        TrainingError: the data cannot be learned from, or the weights do not fit.
        BundleError: the bundle exists already or cannot be written.
    """
    refuse_existing(options.out)
    gallery = find_gallery(options.data)
    torch.manual_seed(options.seed)
    network = new_network(len(gallery.classes))
    start_from(network, options.weights)
    run = _runner(options)
    network.to(run.device).to(memory_format=torch.channels_last)

    with _scratch_folder(options.out) as scratch:
        reached = options.phases[0].first_trained
        frozen = stages(network, STAGES[0], reached)
        reading = read_features(
            gallery, frozen, run, Path(scratch), threads=options.threads, display=display
        )
        material = _material(reading, options)
        best, epochs = Best(), list[Epoch]()
        random = torch.Generator().manual_seed(options.seed)
        for phase in options.phases:
            between = stages(network, reached, phase.first_trained)
            features = advance(material.features, between, run, Path(scratch), display)
            material, reached = replace(material, features=features), phase.first_trained
            epochs += train_phase(
                network, phase, material, run=run, best=best, random=random, display=display
            )
            network.load_state_dict(best.state)
        logits = predict_logits(stages(network, reached), material.features, material.validate, run)

    truth = material.labels[material.validate]
    temperature = fit_temperature(logits, truth)
    probabilities = torch.softmax(logits / temperature, dim=1)
    measures = measure(probabilities.numpy(), truth.numpy(), gallery.classes)
    manifest = Manifest(
        name=options.out.name,
        classes=gallery.classes,
        weights_sha256="",
        temperature=temperature,
        provenance=_provenance(options, reading, run),
        metrics={"validation": measures.to_json()},
    )
    manifest = save_bundle(options.out, network, manifest, _plots(epochs))
    return Summary(manifest, measures, tuple(epochs), reading.skipped)


def _runner(options: TrainOptions) -> Runner:
    engine = choose_engine(options.device)
    # float16 gradients vanish without loss scaling; bfloat16 has float32's range.
    precision = torch.bfloat16 if engine.precision is torch.float16 else engine.precision
    return Runner(torch.device(engine.device), precision, options.batch_size)


def _scratch_folder(out: Path) -> tempfile.TemporaryDirectory[str]:
    """Beside the bundle and not in /tmp, which may be memory: features take gigabytes."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=".training-", dir=out.parent)
    except OSError as error:
        raise BundleError(f"cannot write into {out.parent}: {error.strerror}") from error


def _material(reading: Reading, options: TrainOptions) -> Material:
    labels = [picture.label for picture in reading.gallery.pictures]
    train_places, validate = split(len(labels), options.validation_share, options.seed)
    return Material(
        reading.features, torch.tensor(labels), torch.tensor(train_places), torch.tensor(validate)
    )


def _provenance(options: TrainOptions, reading: Reading, run: Runner) -> dict[str, object]:
    """How the bundle came to be; names of folders only, whose places are the person's own."""
    return {
        "recipe": [asdict(phase) for phase in options.phases],
        "data": options.data.resolve().name,
        "pictures": reading.gallery.counts(),
        "skipped": len(reading.skipped),
        "weights": Path(options.weights).name,
        "seed": options.seed,
        "batch_size": options.batch_size,
        "validation_share": options.validation_share,
        "device": run.device.type,
        "precision": str(run.precision).removeprefix("torch."),
        "versions": {
            "gallery-daemon": gallery_daemon.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
    }


def _plots(epochs: list[Epoch]) -> dict[str, bytes]:
    phases = [list(group) for _, group in groupby(epochs, key=lambda epoch: epoch.phase)]
    return {f"loss-phase{place}.png": loss_plot(phase) for place, phase in enumerate(phases, 1)}
