"""Listing a watch folder: what events missed, and all there was before the first event.

Names are listed with `scandir`, one folder at a time and without recursion, so neither depth nor
number matters. No link is followed, not even one that takes a folder's place while it waits for its
turn. A folder that cannot be listed is reported and the rest goes on; nothing here ever concludes
that a photo is gone.
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
    """The files below the watch folder, or below `start` in it, in no particular order."""
    folders = [start]
    while folders:
        folder = folders.pop()
        path = os.path.join(ground.root, folder)  # noqa: PTH118 - strings, broken UTF-8 included
        try:
            with opened_folder(ground.root, folder) as opened, os.scandir(opened) as entries:
                for entry in entries:
                    relative = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if ground.recursive and ground.why_not(relative) is None:
                            folders.append(relative)
                    elif (file := _file(ground, relative, entry)) is not None:
                        yield file
        except OSError as error:
            reason = error.strerror or "cannot be listed"
            yield Skipped(ground.source, path, reason, is_folder_error=True)


def _file(ground: Ground, relative: str, entry: os.DirEntry[str]) -> Found | Skipped | None:
    why = ground.why_not_file(relative)
    if why is not None:
        return Skipped(ground.source, f"{ground.root.rstrip('/')}/{relative}", why)
    try:
        return Found(ground.candidate(relative), entry.stat(follow_symlinks=False))
    except OSError:
        return None  # gone between the listing and the look: not worth a word
