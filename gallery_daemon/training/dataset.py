"""Labelled folders: which pictures there are, which train and which validate, and their pixels.

A class is a folder, its name the class's name. Pictures are read by the same code as at prediction,
so no model is trained on pixels that it will never see again (the notebook trained on RGB and
predicted on BGR). A picture that cannot be read is skipped and listed, never guessed.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged, TrainingError
from gallery_daemon.imaging.limits import DEFAULT_BYTES, DEFAULT_PIXELS
from gallery_daemon.imaging.look import look
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Pictures = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

_FEWEST_CLASSES = 2
# Enough to keep the decoders busy while the network works, and little memory: 64 x 150 KB.
_READ_AHEAD = 64


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture's path and the number of its class."""

    path: Path
    label: int


@dataclass(frozen=True, slots=True)
class Gallery:
    """Labelled pictures; `classes[picture.label]` names a picture's class."""

    classes: tuple[str, ...]
    pictures: tuple[Labelled, ...]

    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        labels = [picture.label for picture in self.pictures]
        return {name: labels.count(number) for number, name in enumerate(self.classes)}


def find_gallery(folder: Path, classes: tuple[str, ...] | None = None) -> Gallery:
    """The labelled pictures below `folder`, in the order of their paths.

    Args:
        folder: holds one folder for each class.
        classes: the classes to expect; if not given, those that the folders name, sorted.

    Raises:
        TrainingError: the folder cannot be listed, has fewer than two classes, an empty class, or
            one that is not in `classes`.
    """
    found = {path.name: _files(path) for path in _class_folders(folder)}
    if classes is None:
        _refuse_too_few(folder, found)
        classes = tuple(sorted(found))
    unknown = sorted(set(found) - set(classes))
    if unknown:
        raise TrainingError(
            f"{folder / unknown[0]}: the model has no class {unknown[0]!r}",
            hint=f"its classes are {', '.join(classes)}",
        )
    pictures = (
        Labelled(path, label) for label, name in enumerate(classes) for path in found.get(name, ())
    )
    gallery = Gallery(classes, tuple(pictures))
    if not gallery.pictures:
        raise TrainingError(f"{folder} has no pictures in class folders")
    return gallery


def split(count: int, validation_share: float, seed: int) -> tuple[list[int], list[int]]:
    """Random places in `range(count)` as (train, validate), the same for the same seed."""
    shuffled = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()
    validate = max(1, round(count * validation_share))
    return sorted(shuffled[validate:]), sorted(shuffled[:validate])


def read_pictures(
    pictures: Sequence[Labelled], threads: int
) -> Iterator[tuple[Labelled, Pictures | str]]:
    """Each picture with its pixels, uint8 (224, 224, 3) RGB, or the reason why there are none.

    In order; `threads` decoders work ahead.
    """
    with ThreadPoolExecutor(threads) as decoders:
        for start in range(0, len(pictures), _READ_AHEAD):
            some = pictures[start : start + _READ_AHEAD]
            yield from zip(some, decoders.map(_read, some), strict=True)


def _read(picture: Labelled) -> Pictures | str:
    # Labelled folders are often made of links; only the daemon has reason to distrust one.
    path = os.path.realpath(picture.path)
    try:
        facts = os.lstat(path)
        identity = Identity(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        return look(
            path, identity, max_bytes=DEFAULT_BYTES, max_pixels=DEFAULT_PIXELS, want_hash=False
        ).picture
    except (BadPhoto, NotAPhoto, PhotoChanged) as error:
        return error.sentence
    except OSError as error:
        return error.strerror or "cannot be read"


def _class_folders(folder: Path) -> list[Path]:
    try:
        return sorted(
            path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
    except OSError as error:
        raise TrainingError(f"cannot list {folder}: {error.strerror}") from error


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
    )


def _refuse_too_few(folder: Path, found: dict[str, list[Path]]) -> None:
    if len(found) < _FEWEST_CLASSES:
        raise TrainingError(
            f"{folder} has {len(found)} class folders, training needs at least two",
            hint="make one folder for each class, with its pictures inside",
        )
    for name, files in found.items():
        if not files:
            raise TrainingError(f"{folder / name} has no pictures")
