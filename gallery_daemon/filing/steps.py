"""The steps of a decision, file by file: one for the photo, one for each of its sidecars.

Pure. A step has the name to try first; `names_to_try` gives the next ones. Which files belong to a
photo (its XMP and AAE, the film of a live photo) is decided over the names in one folder. Each
sidecar has exactly one owner, so that it is never taken twice: where files share a stem (`a.gif`,
`a.jpg`, `a.mov`) the likeliest original has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.rules.component import NAME_BYTES, NUMBER, byte_length, cut, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.decision import Decision, Destination, Identical
    from gallery_daemon.journal.record import CacheEntry, Row
    from gallery_daemon.photo import Facts, Photo, Prediction


_DIGITS = re.compile("[0-9]+")
# With leading zeros; no one has so many photos of one name.
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """A photo with all that led to its destination, and the sidecars that go with it.

    `cache_entry` goes into the journal's cache of inferences.
    """

    photo: Photo
    destination: Destination
    decision: Decision
    facts: Facts
    prediction: Prediction | None
    sidecars: tuple[Photo, ...]
    cache_entry: CacheEntry | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One file's part of a plan: `name` is the first to try in `folder` of the library.

    `identical` is as in `Destination`.
    """

    file: Photo
    folder: tuple[str, ...]
    name: str
    action: Action
    on_conflict: OnConflict
    identical: Identical | None = None


def step_of(photo: Photo, to: Destination) -> Step:
    """The photo's own step."""
    return Step(photo, to.folder, to.name, to.action, to.on_conflict, to.identical)


def names_to_try(name: str) -> Iterator[str]:
    """The name, then `name (2)`, `name (3)` ... before the extension, of at most 255 bytes.

    A name with a place for a number has 1, 2, 3 ... there.
    """
    return (_nth(name, number) for number in count(1))


def would_be_tried(name: str, wanted: str) -> bool:
    """Whether `name` is one of the names to try for `wanted`."""
    numbers = _numbers_in(name) - {0}
    return name == wanted or any(name == _nth(wanted, number) for number in numbers)


def _numbers_in(name: str) -> set[int]:
    """All numbers in the digits of a name: of 201 also 20, 1 and so on."""
    return {
        int(digits[start:end])
        for digits in _DIGITS.findall(name)
        for start in range(len(digits))
        for end in range(start + 1, min(len(digits), start + _MOST_DIGITS) + 1)
    }


def _nth(name: str, number: int) -> str:
    """The `number`th name to try, from 1."""
    if NUMBER in name:
        return numbered(name, number)
    if number == 1:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    ending = f" ({number}){dot}{extension}"
    return cut(stem, NAME_BYTES - byte_length(ending)) + ending


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
    # `img_1.jpg` beside `IMG_1.JPG` is another photo: the same case wins.
    exact = [name for stem, name in possible if name.startswith(stem)]
    return next(iter([*exact, *(name for _, name in possible)]), None)


def _wanted(sidecar: str) -> Iterator[tuple[str, str]]:
    """The names its photo may have, the likeliest first: the beginning, and all in lower case."""
    if sidecar.lower().endswith(_OF_NAME):
        # `IMG_1.jpg.xmp` names its photo in full.
        whole = sidecar.rpartition(".")[0]
        yield whole, whole.lower()
    for stem in stems_of(sidecar):
        for ext in _OWNERS:
            yield f"{stem}.", stem.lower() + ext


def name_beside(sidecar: str, photo: str, placed: str) -> str:
    """The sidecar's name beside its photo, which was called `photo` and is now called `placed`.

    What follows the common beginning stays: beside `IMG_1 (2).HEIC`, `IMG_1.MOV` becomes
    `IMG_1 (2).MOV`.
    """
    stem, placed_stem = photo.rpartition(".")[0], placed.rpartition(".")[0]
    if photo == placed or not stem or not sidecar.lower().startswith(stem.lower() + "."):
        return sidecar
    if sidecar.lower().startswith(photo.lower() + "."):
        return placed + sidecar[len(photo) :]
    return placed_stem + sidecar[len(stem) :]


def step_late(sidecar: Photo, owner: Row) -> Step:
    """The step of a sidecar that goes beside its photo, which was filed as `owner` says."""
    assert owner.name is not None
    assert owner.action is not None
    name = name_beside(sidecar.name, owner.candidate.name, owner.name)
    return Step(sidecar, owner.folder, name, Action(owner.action), OnConflict.DEDUPE)


def stems_of(sidecar: str) -> tuple[str, ...]:
    """The stems that the sidecar's photo can have, the likeliest first.

    Apple's phones keep the adjustments of an edited photo's original as `IMG_O1234.AAE`.
    """
    stem = sidecar.rpartition(".")[0]
    if stem.startswith("IMG_O"):
        return (stem, stem.replace("IMG_O", "IMG_", 1))
    return (stem,)
