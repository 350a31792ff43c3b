"""Identical files among labelled pictures.

Twice the same bytes in two classes contradict each other: neither can be learned from, and the
person is told both paths. Twice in one class, the first is kept: a picture that trains and
validates at once would flatter the figures.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.training.dataset import Gallery, Labelled


def without_twins(gallery: Gallery) -> tuple[Gallery, tuple[tuple[Path, str], ...]]:
    """The gallery without needless and contradicting pictures, and these with the reason."""
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
