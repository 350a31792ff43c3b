"""The photos that all contestants get: a phone's, or drawn ones, under as many names as are wanted.

Each is a file of its own with its own time: the journal knows files by inode, size and time.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.config.settings import WatchFolder
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LEAST_PIXELS = 7_000_000
# Test suites of other programs cut photos down to a few kilobytes and mend their end, so that most
# of it is grey and decodes in no time. The plainest real one here has 0.029 bytes a pixel, the
# fullest of those 0.012 (measured on ../shared/data/phone).
_LEAST_BYTES_PER_PIXEL = 0.02
_DRAWN, _WIDTH, _HEIGHT, _QUALITY = 5, 4000, 3000, 92
# Noise that gives 3 to 4 MB, as a phone's 12 megapixels have.
_GREY_LEVELS = 5.0
FIRST_TIME_S = 1_700_000_000


def phone_photos(folder: Path) -> list[Path]:
    """The whole JPEGs of 7 megapixels and more below `folder`, none if there is no such folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and _is_fit(path)]


def drawn_photos(folder: Path) -> list[Path]:
    """A handful of JPEGs of 12 megapixels, the same ones each time, in the new `folder`."""
    folder.mkdir()
    paths = [folder / f"drawn-{number}.jpg" for number in range(_DRAWN)]
    for number, path in enumerate(paths):
        Image.fromarray(drawing(number)).save(path, quality=_QUALITY)
    return paths


def copies(sources: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """`count` files in the new `folder`, sorted by name, with the sources in turn."""
    folder.mkdir()
    paths = [folder / f"IMG_{number:05}.jpg" for number in range(count)]
    for number, (source, path) in enumerate(zip(cycle(sources), paths, strict=False)):
        shutil.copyfile(source, path)
        os.utime(path, (FIRST_TIME_S + number, FIRST_TIME_S + number))
    return paths


def wait_until_settled(photos: Sequence[Path]) -> None:
    """Nobody has changed any of them for the settle time, not even their number of links."""
    changed_ns = max(path.stat().st_ctime_ns for path in photos)
    age_s = (time.time_ns() - changed_ns) / 1e9
    threading.Event().wait(max(0.0, WatchFolder.settle_s + 0.5 - age_s))


def _is_fit(path: Path) -> bool:
    with path.open("rb") as file:
        kind = sniff(file)
        if kind.name != "jpeg" or not ending(file, kind).whole:
            return False
        file.seek(0)
        with Image.open(file) as image:
            pixels = image.width * image.height
    return pixels >= _LEAST_PIXELS and path.stat().st_size >= pixels * _LEAST_BYTES_PER_PIXEL


def drawing(seed: int) -> np.ndarray:
    """Noise on a gradient between four colours, uint8 (height, width, 3)."""
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 255, (2, 2, 3)).astype(np.float32)
    down = np.linspace(0, 1, _HEIGHT, dtype=np.float32)[:, None, None]
    across = np.linspace(0, 1, _WIDTH, dtype=np.float32)[None, :, None]
    left, right = (corners[0, side] * (1 - down) + corners[1, side] * down for side in (0, 1))
    noise = random.standard_normal((_HEIGHT, _WIDTH, 1), np.float32) * _GREY_LEVELS
    drawing = left * (1 - across) + right * across + noise
    return np.asarray(drawing.clip(0, 255), np.uint8)
