"""Labelled folders of little pictures, made in the test, and recipes that take a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.training.display import Epoch, Silent
from gallery_daemon.training.recipe import ARTICLE, DEFAULT, Phase, Recipe, with_epochs
from tests.training.tiny import one_core, tiny

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["one_core", "tiny"]

COLOURS = {"blue": (20, 40, 220), "red": (220, 40, 20)}
SHORT = with_epochs(ARTICLE, (1, 1))
# Every kind of phase that the default recipe has, for as little as it takes.
VARIED = Recipe(
    "varied",
    (
        Phase("head", "fc", learning_rate=0.01, epochs=2),
        Phase(
            "all",
            "conv1",
            learning_rate=1e-4,
            epochs=2,
            sizes=(64, 96),
            augmented=True,
            thumbnails=0.3,
        ),
        Phase("fc", "fc", learning_rate=0.001, epochs=1),
    ),
    batch_size=8,
    weight_decay=DEFAULT.weight_decay,
    layer_decay=DEFAULT.layer_decay,
    warm_up=DEFAULT.warm_up,
    cosine=DEFAULT.cosine,
    label_smoothing=DEFAULT.label_smoothing,
    average=DEFAULT.average,
    balance=DEFAULT.balance,
    source_balance=DEFAULT.source_balance,
    quick_look=True,
)


def make_gallery(folder: Path, count: int = 10, sources: tuple[str, ...] = ("",)) -> Path:
    """Two classes of `count` noisy pictures each, one bluish, one reddish; sources take turns.

    The reddish ones have stripes too, since training swaps colours at random.
    """
    for number_of_class, (name, colour) in enumerate(COLOURS.items()):
        random = np.random.default_rng(number_of_class)
        (folder / name).mkdir(parents=True)
        for number in range(count):
            noise = random.integers(-20, 20, (48, 64, 3))
            if name == "red":
                noise[:, ::8] -= 120
            pixels = (np.array(colour) + noise).clip(0, 255).astype(np.uint8)
            source = sources[number % len(sources)]
            Image.fromarray(pixels).save(folder / name / f"{source}{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery that any network can learn."""
    return make_gallery(tmp_path_factory.mktemp("data") / "gallery")


class Listening(Silent):
    """A display that records its calls."""

    def __init__(self) -> None:
        self.epochs: list[Epoch] = []
        self.sentences: list[str] = []
        self.steps: list[str] = []

    def begin(self, step: str, total: int) -> None:  # noqa: ARG002 - the port has it
        self.steps.append(step)

    def epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)
