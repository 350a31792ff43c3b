"""Sidecars that settled before their photo came to its end, and so wait for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.filing.sidecars import owner_of

if TYPE_CHECKING:
    from gallery_daemon.photo import Photo


class Company:
    """Who waits for whom; a live photo's film may come minutes before or after its still."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Photo]] = {}

    def owner_of(self, sidecar: Photo) -> str | None:
        """The path of the photo that the sidecar belongs to, if it lies beside it."""
        folder = sidecar.path.rpartition("/")[0]
        try:
            with os.scandir(folder) as entries:
                owner = owner_of(sidecar.name, [entry.name for entry in entries])
        except OSError:
            return None
        return None if owner is None else f"{folder}/{owner}"

    def wait(self, sidecar: Photo, owner: str) -> None:
        """The sidecar waits until the photo at `owner` comes to its end."""
        self._waiting.setdefault(owner, []).append(sidecar)

    def take(self, photo: Photo) -> tuple[Photo, ...]:
        """Those who waited for the photo, and wait no more."""
        return tuple(self._waiting.pop(photo.path, ()))

    def take_all(self) -> tuple[Photo, ...]:
        """All who still wait; for the end of a pass."""
        waiting = [photo for photos in self._waiting.values() for photo in photos]
        self._waiting.clear()
        return tuple(waiting)
