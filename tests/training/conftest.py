"""Labelled folders of little pictures, made in the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = {"blue": (20, 40, 220), "red": (220, 40, 20)}


def make_gallery(folder: Path, count: int = 10) -> Path:
    """Two classes of `count` noisy pictures each, one reddish, one bluish."""
    random = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            noise = random.integers(-20, 20, (48, 64, 3))
            pixels = (np.array(colour) + noise).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery that any network can learn."""
    return make_gallery(tmp_path_factory.mktemp("data") / "gallery")
