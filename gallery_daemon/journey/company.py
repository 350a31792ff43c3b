"""Sidecars that settled before their photo came to its end, or long after it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.filing.steps import owner_of, stems_of

if TYPE_CHECKING:
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Candidate, Photo

# A camera counts IMG_0001 to IMG_9999 and begins again: a film belongs to a photo that was moved
# away only if both are of the same day.
_SAME_SHOT_NS = 24 * 3600 * 1_000_000_000


class Company:
    """Who waits for whom; a live photo's film may come minutes before or after its still."""

    def __init__(self, journal: Journal, library: str) -> None:
        self._journal, self._library = journal, library
        # By the photo's path; a sidecar that is seen again while it waits, waits once.
        self._waiting: dict[str, dict[Candidate, Photo]] = {}

    def owner_of(self, sidecar: Photo) -> str | None:
        """The path of the photo that the sidecar belongs to, if it lies beside it."""
        folder = sidecar.path.rpartition("/")[0]
        try:
            with os.scandir(folder) as entries:
                owner = owner_of(sidecar.name, [entry.name for entry in entries])
        except OSError:
            return None
        return None if owner is None else f"{folder}/{owner}"

    def moved_owner_of(self, sidecar: Photo) -> Row | None:
        """The filing of the sidecar's photo, if that does not lie beside it any more."""
        folder = sidecar.path.rpartition("/")[0]
        rows = {
            row.path.rpartition("/")[2]: row
            for stem in stems_of(sidecar.name)
            for row in self._journal.filed_from(f"{folder}/{stem}", self._library)
            if abs(row.identity.mtime_ns - sidecar.identity.mtime_ns) < _SAME_SHOT_NS
        }
        owner = owner_of(sidecar.name, rows)
        return None if owner is None else rows[owner]

    def wait(self, sidecar: Photo, owner: str) -> None:
        """The sidecar waits until the photo at `owner` comes to its end."""
        self._waiting.setdefault(owner, {})[sidecar.candidate] = sidecar

    def take(self, photo: Photo) -> tuple[Photo, ...]:
        """Those who waited for the photo, and wait no more."""
        return tuple(self._waiting.pop(photo.path, {}).values())

    def take_all(self) -> tuple[Photo, ...]:
        """All who still wait; for the end of a pass."""
        waiting = [photo for photos in self._waiting.values() for photo in photos.values()]
        self._waiting.clear()
        return tuple(waiting)
