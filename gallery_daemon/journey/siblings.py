"""What lies beside a file: the photo that a sidecar belongs to, and the sidecars of a photo.

Names say so; where they say nothing of a film, what is in it may (`live_photos`).

A folder may hold ten thousand sidecars that arrive at once, so its names are listed once for many
of them: for as long as the folder's mtime stays, which was no recent one, and for a moment only,
because not every file system keeps that mtime. A folder that is being written to is listed once in
a turn of the pipeline, for a file that comes meanwhile settles later, and is asked about then.
"""

from __future__ import annotations

import contextlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.filing.sidecars import (
    FolderNames,
    is_sidecar_name,
    may_say_whose,
    owner_of,
)
from gallery_daemon.imaging.xmp_sidecar import extension_named
from gallery_daemon.intake.scan import names_below, open_below
from gallery_daemon.journey.live_photos import LivePhotos

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.photo import Candidate, Photo

_A_MOMENT_NS = 10_000_000_000
# FAT's resolution is the coarsest.
_RECENT_NS = 2_000_000_000
_NOTHING = FolderNames(())


@dataclass(frozen=True, slots=True)
class _Listing:
    folder: str
    mtime_ns: int
    listed_ns: int
    names: FolderNames

    def serves(self, folder: str, mtime_ns: int, now_ns: int) -> bool:
        """Whether the folder surely has the same names now."""
        return (
            (self.folder, self.mtime_ns) == (folder, mtime_ns)
            and 0 <= now_ns - self.listed_ns < _A_MOMENT_NS
            and mtime_ns < self.listed_ns - _RECENT_NS
        )


class Siblings:
    """Looks into the folders of settled files."""

    def __init__(self, roots: Iterable[WatchRoot]) -> None:
        self._roots = {root.source: root for root in roots}
        self._latest: _Listing | None = None
        # The folders that were listed in this turn, by their path; None: there are no turns.
        self._of_turn: dict[str, FolderNames] | None = None
        self._live_photos = LivePhotos()

    @contextmanager
    def in_one_turn(self) -> Iterator[None]:
        """Within, a folder is listed once at most."""
        self._of_turn = {}
        try:
            yield
        finally:
            self._of_turn = None

    def owner_of(self, file: Photo) -> Candidate | None:
        """The photo beside it that a sidecar, or a version of a photo, belongs to."""
        names = self._names(file)
        owner = owner_of(file.name, names, extension_in(file))
        if owner is None:
            owner = self._live_photos.still_of(file, names)
        return None if owner is None else beside(file.candidate, owner)

    def sidecars_of(self, photo: Photo) -> Iterator[Candidate]:
        """The sidecars beside the photo."""
        names = self._names(photo)
        likely = names.beside(photo.name) if names.has_sidecars else ()
        for name in dict.fromkeys(likely):
            candidate = beside(photo.candidate, name)
            if is_sidecar_name(name) and self.counts(candidate):
                named = extension_in(replace(photo, candidate=candidate))
                if owner_of(name, names, named) == photo.name:
                    yield candidate
        for name in self._live_photos.films_that_came_before(photo, names):
            if owner_of(name, names) is None and self.counts(beside(photo.candidate, name)):
                yield beside(photo.candidate, name)

    def counts(self, candidate: Candidate) -> bool:
        """Whether the configuration and the file's name let it come to an end at all."""
        root = self._roots.get(candidate.source)
        return root is None or root.why_not_file(candidate.relative) is None

    def _names(self, file: Photo) -> FolderNames:
        """The names in the file's folder; none if it cannot be listed."""
        root, folder = file.candidate.root, "/".join(file.candidate.folders)
        path = f"{root.rstrip('/')}/{folder}"
        found = None if self._of_turn is None else self._of_turn.get(path)
        if found is None:
            found = self._listed(root, folder, path, int(file.settled_at.timestamp() * 1e9))
            if self._of_turn is not None:
                self._of_turn[path] = found
        return found

    def _listed(self, root: str, folder: str, path: str, now_ns: int) -> FolderNames:
        with contextlib.suppress(OSError):
            mtime_ns, latest = os.lstat(path).st_mtime_ns, self._latest
            if latest is None or not latest.serves(path, mtime_ns, now_ns):
                names = FolderNames(entry.name for entry in names_below(root, folder))
                latest = self._latest = _Listing(path, mtime_ns, now_ns, names)
            return latest.names
        return _NOTHING


def beside(candidate: Candidate, name: str) -> Candidate:
    """The file called `name` in the candidate's folder."""
    return replace(candidate, relative="/".join((*candidate.folders, name)))


def extension_in(file: Photo) -> str | None:
    """The extension of its photo that an XMP names itself; None for any other file."""
    if not may_say_whose(file.name):
        return None
    try:
        with open_below(file.candidate.root, file.candidate.relative) as opened:
            return extension_named(opened)
    except OSError:
        return None
