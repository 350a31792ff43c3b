"""Labelled folders: which pictures there are, of which class and from which source.

A class is a folder, its name the class's name; several such folders add up. The part of a picture's
name before `__` is its source (a camera, an album, a data set): pictures of one source look alike,
so a model is only as good as it is on sources that it has not seen.

Identical files in two classes contradict each other: neither is used, and the person is shown both
paths. Of identical files in one class the first is kept: a picture that trains and
validates at once would flatter the figures.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.errors import TrainingError
from gallery_daemon.intake.candidate import why_folder_ignored, why_ignored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


_FEWEST_CLASSES = 2
_SOURCE_END = "__"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture's path and the number of its class; `is_held` if it is only to validate."""

    path: Path
    label: int
    is_held: bool = False

    @property
    def source(self) -> str:
        """The part of its name before `__`, broken UTF-8 mended; empty if there is none."""
        source, end, _ = self.path.name.partition(_SOURCE_END)
        return source.encode(errors="replace").decode() if end else ""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Labelled pictures; `classes[picture.label]` names a picture's class."""

    classes: tuple[str, ...]
    pictures: tuple[Labelled, ...]

    @property
    def labels(self) -> list[int]:
        """The number of each picture's class."""
        return [picture.label for picture in self.pictures]

    @property
    def numbered_sources(self) -> list[int]:
        """The number of each picture's source, from 0, in the order of their names."""
        numbers = {name: n for n, name in enumerate(sorted({p.source for p in self.pictures}))}
        return [numbers[picture.source] for picture in self.pictures]

    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        labels = self.labels
        return {name: labels.count(number) for number, name in enumerate(self.classes)}

    def sources(self) -> dict[str, dict[str, int]]:
        """For each class, how many pictures each of its sources has."""
        found: dict[str, dict[str, int]] = {name: {} for name in self.classes}
        for picture in self.pictures:
            of_class = found[self.classes[picture.label]]
            of_class[picture.source] = of_class.get(picture.source, 0) + 1
        return found


def find_gallery(folders: Sequence[Path], classes: tuple[str, ...] | None = None) -> Gallery:
    """The labelled pictures below `folders`, class by class, in the order of their paths.

    Hidden names, thumbnails and bins (`intake.candidate`) are not looked at.

    Args:
        folders: each holds one folder for each class, or for some of them; one that is given twice
            counts once.
        classes: the classes to expect; if not given, those that the folders name, sorted.

    Raises:
        TrainingError: a folder cannot be listed, or there are fewer than two classes, an empty
            class, no picture at all, a class that is not in `classes` or whose name is not UTF-8.
    """
    found: dict[str, list[Path]] = {}
    once = {folder.resolve(): folder for folder in reversed(folders)}
    for path in (each for folder in reversed(once.values()) for each in _class_folders(folder)):
        found.setdefault(path.name, []).extend(_files(path))
        if classes is not None and path.name not in classes:
            raise TrainingError(
                f"{path}: the model has no class {path.name!r}",
                hint=f"its classes are {', '.join(classes)}",
            )
    names = " and ".join(map(str, folders))
    if classes is None:
        _refuse_too_few(names, found)
        classes = tuple(sorted(found))
    pictures = tuple(
        Labelled(path, label) for label, name in enumerate(classes) for path in found.get(name, ())
    )
    if not pictures:
        raise TrainingError(f"{names} has no pictures in class folders")
    return Gallery(classes, pictures)


def _class_folders(folder: Path) -> list[Path]:
    try:
        found = sorted(
            path for path in folder.iterdir() if path.is_dir() and not why_folder_ignored(path.name)
        )
    except OSError as error:
        raise TrainingError(f"cannot list {folder}: {error.strerror}") from error
    for path in found:
        if not path.name.isprintable():
            raise TrainingError(
                f"the class folder {path} has a name that cannot be printed",
                hint="classes become folders and stand in rules: rename it",
            )
    return found


def _files(folder: Path) -> list[Path]:
    """All files below, also dangling links: reading them reports what is wrong."""
    try:
        return sorted(
            path
            for path in folder.rglob("*")
            if not why_ignored(str(path.relative_to(folder))) and not path.is_dir()
        )
    except OSError as error:
        raise TrainingError(f"cannot list {folder}: {error.strerror}") from error


def _refuse_too_few(names: str, found: dict[str, list[Path]]) -> None:
    if len(found) < _FEWEST_CLASSES:
        folders = "1 class folder" if len(found) == 1 else f"{len(found)} class folders"
        raise TrainingError(
            f"{names} has {folders}, training needs at least two",
            hint="make one folder for each class, with its pictures inside",
        )
    for name, files in found.items():
        if not files:
            raise TrainingError(
                f"the class {name!r} of {names} has no pictures",
                hint="put pictures into its folder, or take the empty folder away",
            )


def without_duplicates(gallery: Gallery) -> tuple[Gallery, tuple[tuple[Path, str], ...]]:
    """The gallery without duplicates and contradictions, and those left out with the reason."""
    left_out: dict[Labelled, str] = {}
    for first, *others in _identical(gallery):
        if len({picture.label for picture in (first, *others)}) == 1:
            left_out |= dict.fromkeys(others, f"the same file as {first.path}")
            continue
        other = next(picture for picture in others if picture.label != first.label)
        for picture in (first, *others):
            rival = other if picture.label == first.label else first
            left_out[picture] = (
                f"the same file as {rival.path}, which is of the class "
                f"{gallery.classes[rival.label]!r}: keep it in one class"
            )
    kept = tuple(picture for picture in gallery.pictures if picture not in left_out)
    skipped = tuple((picture.path, reason) for picture, reason in left_out.items())
    return replace(gallery, pictures=kept), skipped


def _identical(gallery: Gallery) -> Iterator[list[Labelled]]:
    """Groups of two and more pictures of the same bytes; only files of one size are read."""
    by_size = defaultdict(list)
    for picture in gallery.pictures:
        by_size[_size(picture.path)].append(picture)
    for same_size in by_size.values():
        if len(same_size) > 1:
            by_hash = defaultdict(list)
            for picture in same_size:
                by_hash[_hash(picture.path)].append(picture)
            yield from (group for group in by_hash.values() if len(group) > 1)


def _size(path: Path) -> int | Path:
    try:
        return path.stat().st_size
    except OSError:
        return path  # like no other: reading it will say what is wrong


def _hash(path: Path) -> str | Path:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return path
