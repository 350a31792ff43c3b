"""Listing a watch folder: what events missed, and all there was before the first event.

Names are listed with `scandir`, one folder at a time and without recursion, so depth does not
matter; of one folder the names are held, never their stats. They come in one order, so that of two
photos that want one name the same comes first each time. No link is followed, not even one that
takes a folder's place while it waits for its turn. A folder that cannot be listed is reported and
the rest goes on; nothing here ever concludes that a photo is gone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.intake.below import opened_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.intake.candidate import Ground
    from gallery_daemon.photo import Candidate


@dataclass(frozen=True, slots=True)
class Found:
    """A name that may become a photo, with its stat (not following links)."""

    candidate: Candidate
    stat: os.stat_result


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is ignored, and why; or, `is_folder_error`, a folder that cannot be listed."""

    source: str
    path: str
    reason: str
    is_folder_error: bool = False


def scan(ground: Ground, start: str = "") -> Iterator[Found | Skipped]:
    """The files below the watch folder, or below `start` in it: a folder's own, then deeper ones.

    Each by name, so in the same order every time.
    """
    folders = [start]
    while folders:
        folder = folders.pop()
        path = os.path.join(ground.root, folder)  # noqa: PTH118 - strings, broken UTF-8 included
        try:
            with opened_folder(ground.root, folder) as opened:
                files, below = _names(opened)
                for name in files:
                    file = _file(ground, f"{folder}/{name}" if folder else name, opened)
                    if file is not None:
                        yield file
                if ground.recursive:
                    paths = (f"{folder}/{name}" if folder else name for name in reversed(below))
                    folders += (each for each in paths if ground.why_not(each) is None)
        except OSError as error:
            reason = error.strerror or "cannot be listed"
            yield Skipped(ground.source, path, reason, is_folder_error=True)


def _names(folder: int) -> tuple[list[str], list[str]]:
    """What the folder holds, by name: what may be files, and folders."""
    files: list[str] = []
    below: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (below if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    return sorted(files), sorted(below)


def _file(ground: Ground, relative: str, folder: int) -> Found | Skipped | None:
    """The file there; `folder` is open, and the file's own."""
    why = ground.why_not_file(relative)
    if why is not None:
        return Skipped(ground.source, f"{ground.root.rstrip('/')}/{relative}", why)
    try:
        name = relative.rpartition("/")[2]
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None  # gone between the listing and the look: not worth a word
    return Found(ground.candidate(relative), found)
