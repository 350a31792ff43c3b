"""Pixels of labelled pictures, by the same code as at prediction.

So no model is trained on other pixels than it will see (the notebook that the classes come from
trained on RGB and predicted on BGR). A picture that cannot be read is skipped and listed, never
guessed. Training reads each file once, into arrays on disk beside the bundle: 150 KB a picture for
the full look and 50 KB for the quick one, so the size of a gallery is bounded by the disk and not
by memory.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged, TrainingError
from gallery_daemon.imaging.look import look
from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.model.engines.predict import resized
from gallery_daemon.model.manifest import INPUT_SIZE, QUICK_SIZE
from gallery_daemon.photo import Identity, LookKind
from gallery_daemon.training.dataset import without_duplicates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.dataset import Gallery, Labelled
    from gallery_daemon.training.display import Display


SkippedPictures = tuple[tuple["Path", str], ...]

_Some = TypeVar("_Some", np.uint8, np.float16)

# Enough to keep the decoders busy while the network works, and little memory: 64 x 150 KB.
_READ_AHEAD = 64


@dataclass(frozen=True, slots=True)
class LoadedGallery:
    """The pictures that can be read, the others with the reason, and where the pixels are.

    `pixels` is a `.npy` file of uint8 (M, 224, 224, 3), RGB; its first rows are the pictures of
    `gallery`, in order. `thumbnails` is one of uint8 (M, 128, 128, 3): the same by a quick look.
    `full_size` is the side of the pictures that the network sees in a full look.
    """

    gallery: Gallery
    skipped: SkippedPictures
    pixels: Path
    thumbnails: Path
    full_size: int = INPUT_SIZE

    def open(self, look: LookKind = LookKind.FULL) -> Pixels:
        """The pixels, uint8 (N, 224, 224, 3) or those of thumbnails, mapped from disk."""
        path = self.pixels if look is LookKind.FULL else self.thumbnails
        pixels: Pixels = np.load(path, mmap_mode="r")
        return pixels[: len(self.gallery.pictures)]

    def shown(self, look: LookKind, places: slice | Sequence[int]) -> Pixels:
        """The pictures at `places`, uint8 (K, S, S, 3), as large as the network sees them."""
        chosen: Pixels = np.array(
            self.open(look)[places if isinstance(places, slice) else list(places)]
        )
        return resized(chosen, self.full_size) if look is LookKind.FULL else chosen


def read_gallery(
    gallery: Gallery, scratch: Path, *, threads: int, display: Display, full_size: int = INPUT_SIZE
) -> LoadedGallery:
    """The pixels of every picture of `gallery`, read once; of identical files at most one is kept.

    Raises:
        TrainingError: no picture of some class is left.
    """
    gallery, duplicates = without_duplicates(gallery)
    count, paths = len(gallery.pictures), (scratch / "pixels.npy", scratch / "thumbnails.npy")
    pixels, thumbnails = (
        new_array(path, np.uint8, (count, side, side, 3))
        for path, side in zip(paths, (INPUT_SIZE, QUICK_SIZE), strict=True)
    )
    kept: list[Labelled] = []
    skipped = list(duplicates)
    display.begin("reading pictures", len(gallery.pictures))
    for picture, found in read_pictures(gallery.pictures, threads):
        display.advance(1)
        if isinstance(found, str):
            skipped.append((picture.path, found))
            continue
        pixels[len(kept)], thumbnails[len(kept)] = found, as_thumbnail(found)
        kept.append(picture)
    pixels.flush()
    thumbnails.flush()
    readable = replace(gallery, pictures=tuple(kept))
    trained = {picture.label for picture in kept if not picture.is_held}
    for label, name in enumerate(gallery.classes):
        if label not in trained:
            raise TrainingError(f"no picture of the class {name!r} can be used", hint=_why(skipped))
    return LoadedGallery(readable, tuple(skipped), *paths, full_size)


def read_pictures(
    pictures: Sequence[Labelled], threads: int
) -> Iterator[tuple[Labelled, Pixels | str]]:
    """Each picture with its pixels, uint8 (224, 224, 3) RGB, or the reason why there are none.

    In order; `threads` decoders work ahead.
    """
    with ThreadPoolExecutor(threads) as decoders:
        for start in range(0, len(pictures), _READ_AHEAD):
            some = pictures[start : start + _READ_AHEAD]
            yield from zip(some, decoders.map(_read, some), strict=True)


def _read(picture: Labelled) -> Pixels | str:
    # Labelled folders are often made of links; only the daemon has reason to distrust one.
    path = os.path.realpath(picture.path)
    try:
        return look(
            path,
            Identity.of(os.lstat(path)),
            max_bytes=Limits.photo_bytes,
            max_pixels=Limits.photo_pixels,
            want_hash=False,
        ).picture
    except (BadPhoto, NotAPhoto, PhotoChanged) as error:
        return error.sentence
    except OSError as error:
        return error.strerror or "cannot be read"


def _why(skipped: list[tuple[Path, str]]) -> str:
    path, reason = skipped[0]
    return f"{len(skipped)} pictures were skipped, the first one {path}: {reason}"


def new_array(
    path: Path, kind: type[_Some], shape: tuple[int, ...]
) -> np.memmap[tuple[int, ...], np.dtype[_Some]]:
    """A new `.npy` file of zeros, mapped to be filled.

    Its blocks are taken from the disk now: a mapped file that the disk has no room for kills the
    process by a signal when it is filled.

    Raises:
        OSError: the disk is full, or the file cannot be made.
    """
    array = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
    with path.open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array
