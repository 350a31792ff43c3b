"""Trainings of milliseconds: a network of ResNet34's stages with few channels, and noisy squares.

What is tested with it does not depend on the architecture: phases, epochs, checkpoints, the best.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from gallery_daemon.model.network import STAGES, stages
from gallery_daemon.training import train as training
from gallery_daemon.training import trainer
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import Runner
from gallery_daemon.training.phase import TrainContext
from gallery_daemon.training.pictures import LoadedGallery
from gallery_daemon.training.recipe import DEFAULT, Phase, Recipe
from gallery_daemon.training.split import Split
from gallery_daemon.training.train_options import TrainOptions
from gallery_daemon.training.trainer import Trainer
from gallery_daemon.training.weights import StartWeights
from tests.imaging.pictures import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.display import Display

SIDE, EACH, CHANNELS = 32, 8, 4
RUN = Runner(torch.device("cpu"), torch.float32, 5)
HEAD = Phase("head", "fc", learning_rate=0.05, epochs=1)
LAST_BLOCK = Phase("layer4 and fc", "layer4", learning_rate=0.01, epochs=2)
EVERYTHING = Phase("all", "conv1", learning_rate=0.01, epochs=2, sizes=(SIDE,), augmented=True)
# Every kind of phase: cached features, features of features, varied pictures.
MIXED = replace(DEFAULT, name="mixed", batch_size=5, phases=(LAST_BLOCK, HEAD, EVERYTHING))
# Those of both classes that train, and those that validate.
SPLIT = Split((0, 1, 2, 3, 4, 8, 9, 10, 11, 12), (5, 6, 7, 13, 14, 15))
_PLOT = written(Image.new("L", (1, 1)), "png")


class TinyNetwork(nn.Module):
    """The stages of a ResNet34 by their names; each layer one convolution with BatchNorm."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, CHANNELS, 8, stride=4, bias=False)
        self.bn1, self.relu, self.maxpool = nn.BatchNorm2d(CHANNELS), nn.ReLU(), nn.MaxPool2d(2)
        self.layer1, self.layer2, self.layer3, self.layer4 = (_layer() for _ in range(4))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(CHANNELS, classes)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """All stages, as the trainer cuts them."""
        logits: torch.Tensor = stages(self, STAGES[0])(batch)
        return logits


def _layer() -> nn.Module:
    convolution = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(CHANNELS), nn.ReLU())


def tiny_network(seed: int = 0) -> nn.Module:
    """A network of two classes, the same for the same seed."""
    torch.manual_seed(seed)
    return TinyNetwork(2)


def tiny_gallery(folder: Path, sources: tuple[str, ...] = ("",)) -> LoadedGallery:
    """`EACH` dark and `EACH` bright squares of noise, SIDE x SIDE, read already."""
    noise = np.random.default_rng(0).integers(0, 120, (2 * EACH, SIDE, SIDE, 3), dtype=np.uint8)
    noise[EACH:] += 120
    np.save(folder / "pixels.npy", noise)
    np.save(folder / "thumbnails.npy", noise[:, ::2, ::2])
    pictures = tuple(
        Labelled(Path(f"/{name}/{sources[number % len(sources)]}{number}.png"), label)
        for label, name in enumerate(("dark", "light"))
        for number in range(EACH)
    )
    gallery = Gallery(("dark", "light"), pictures)
    files = folder / "pixels.npy", folder / "thumbnails.npy"
    return LoadedGallery(gallery, (), *files, full_size=SIDE)


def tiny_trainer(
    folder: Path,
    recipe: Recipe = MIXED,
    display: Display | None = None,
    *,
    seed: int = 0,
    left_out: tuple[tuple[str, ...], ...] = (),
    sources: tuple[str, ...] = ("",),
) -> Trainer:
    """A trainer in `folder`, which is made; use it where the fixture `tiny` is."""
    folder.mkdir(exist_ok=True)
    options = TrainOptions((folder,), folder / "out", "none", recipe, seed=seed, left_out=left_out)
    weights = StartWeights("none", None)
    return Trainer(
        options, tiny_gallery(folder, sources), weights, RUN, display or Silent(), folder
    )


def tiny_context(recipe: Recipe, seed: int = 0) -> TrainContext:
    """For the pictures of `tiny_gallery`, parted by `SPLIT`."""
    labels = torch.tensor([0] * EACH + [1] * EACH)
    train, validate = torch.tensor(SPLIT.train), torch.tensor(SPLIT.validate)
    sources = torch.zeros_like(labels)
    return TrainContext(recipe, labels, sources, train, validate, RUN, seed, Silent())


@pytest.fixture
def one_core() -> Iterator[None]:
    """Networks this small run on one core: more of them would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def tiny(one_core: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it acts
    """New networks of a trainer are tiny ones, and one plot stands for all.

    Those that are drawn take nine tenths of such a training; who is about them asks for a real one.
    """
    monkeypatch.setattr(trainer, "new_network", TinyNetwork)
    monkeypatch.setattr(training, "all_plots", lambda *_: {"accuracy.png": _PLOT})


def same(one: nn.Module, other: nn.Module) -> bool:
    """The weights and statistics of both are equal to the bit."""
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(
        torch.equal(value, second[key]) for key, value in first.items()
    )
