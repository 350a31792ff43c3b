"""Which files belong to a photo: its XMP and AAE, and the film of a live photo.

Pure, over the names in one folder. Each sidecar has exactly one owner, so that it is never taken
twice: where a stem is shared (`a.gif`, `a.jpg`, `a.mov`) the likeliest original has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OF_STEM = (".xmp", ".aae", ".mov", ".mp4")
_OF_NAME = (".xmp",)
# A live photo's still is a HEIC, or a JPEG on older phones; the rest can only be copies of it.
_OWNERS = (
    ".heic", ".heif", ".hif", ".jpg", ".jpeg", ".jpe", ".mpo", ".avif", ".webp", ".png", ".tif",
    ".tiff", ".gif", ".bmp", ".dng",
)  # fmt: skip


def is_sidecar_name(name: str) -> bool:
    """Whether a file of this name can belong to a photo."""
    return name.lower().endswith(_OF_STEM)


def owner_of(sidecar: str, names: Iterable[str]) -> str | None:
    """The photo among `names` that the file called `sidecar` belongs to."""
    if not is_sidecar_name(sidecar):
        return None
    by_lower: dict[str, list[str]] = {}
    for name in sorted(names):
        by_lower.setdefault(name.lower(), []).append(name)
    possible = [
        (stem, name)
        for stem, lower in _wanted(sidecar)
        for name in by_lower.get(lower, ())
        if lower.endswith(_OWNERS)
    ]
    # `img_1.jpg` beside `IMG_1.JPG` is another photo: upper and lower case count, if they tell.
    exact = [name for stem, name in possible if name.startswith(stem)]
    return next(iter([*exact, *(name for _, name in possible)]), None)


def _wanted(sidecar: str) -> Iterator[tuple[str, str]]:
    """What its photo may be called, the likeliest first: how it begins, and all in lower case."""
    if sidecar.lower().endswith(_OF_NAME):
        # `IMG_1.jpg.xmp` names its photo in full.
        whole = sidecar.rpartition(".")[0]
        yield whole, whole.lower()
    for stem in stems_of(sidecar):
        for ext in _OWNERS:
            yield f"{stem}.", stem.lower() + ext


def name_beside(sidecar: str, photo: str, placed: str) -> str:
    """The sidecar's name beside its photo, which was called `photo` and is now called `placed`.

    What follows the common beginning is kept: beside `IMG_1 (2).HEIC`, `IMG_1.MOV` becomes
    `IMG_1 (2).MOV`.
    """
    stem, placed_stem = photo.rpartition(".")[0], placed.rpartition(".")[0]
    if photo == placed or not stem or not sidecar.lower().startswith(stem.lower() + "."):
        return sidecar
    if sidecar.lower().startswith(photo.lower() + "."):
        return placed + sidecar[len(photo) :]
    return placed_stem + sidecar[len(stem) :]


def stems_of(sidecar: str) -> tuple[str, ...]:
    """What the name of the sidecar's photo can begin with, the likeliest first.

    A phone by Apple keeps the recipe of an edited photo's original as `IMG_O1234.AAE`.
    """
    stem = sidecar.rpartition(".")[0]
    if stem.startswith("IMG_O"):
        return (stem, stem.replace("IMG_O", "IMG_", 1))
    return (stem,)
