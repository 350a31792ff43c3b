"""Which still a film belongs to by what both carry, where their names have nothing in common.

Asked only of a film that no name gives a photo, and then of the stills in its folder whose mtime is
near its own: a phone saves both at once, and whoever copies them does so one after the other. So a
folder of videos costs one small read for each of them, once, and a folder without any nothing.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from gallery_daemon.intake.scan import open_below
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from gallery_daemon.filing.sidecars import FolderNames
    from gallery_daemon.photo import Candidate, Photo

_FILMS: Final = (".mov", ".mp4")
_STILLS: Final = (".heic", ".heif", ".hif", ".jpg", ".jpeg")
_NEAR_NS: Final = 60 * 1_000_000_000
# Of a burst, say, the nearest ones.
_STILLS_LIMIT: Final = 8
# Identifiers and names that are kept; after so many all are looked up anew.
_REMEMBERED: Final = 20_000


class _Still(NamedTuple):
    """A still in a folder; sorted by its mtime."""

    mtime_ns: int
    name: str
    identity: Identity


class LivePhotos:
    """Finds the still of a film, and films that wait for theirs."""

    def __init__(self) -> None:
        self._identifiers: dict[Identity, str | None] = {}
        # The stills of the latest listing that was asked for them.
        self._latest: tuple[FolderNames, list[_Still]] | None = None
        # Films with an identifier whose still was not there, by their folder and name.
        self._lone: dict[str, dict[str, Identity]] = {}

    def still_of(self, film: Photo, names: FolderNames) -> str | None:
        """The still with the film's identifier; of several the nearest in time, then by name."""
        if not film.name.lower().endswith(_FILMS):
            return None
        wanted = self._identifier(film.candidate, film.identity, is_film=True)
        if wanted is None:
            return None
        for still in self._near(film, names):
            where = _beside(film.candidate, still.name)
            if self._identifier(where, still.identity, is_film=False) == wanted:
                return still.name
        if len(self._lone) > _REMEMBERED:
            self._lone.clear()
        self._lone.setdefault(_folder_of(film.candidate), {})[film.name] = film.identity
        return None

    def films_that_came_before(self, still: Photo, names: FolderNames) -> list[str]:
        """The films in its folder that were asked for in vain, and are the still's."""
        lone = self._lone.get(_folder_of(still.candidate), {})
        near = [
            (name, identity)
            for name, identity in sorted(lone.items())
            if abs(identity.mtime_ns - still.identity.mtime_ns) <= _NEAR_NS
        ]
        return [
            name
            for name, identity in near
            if self.still_of(
                replace(still, candidate=_beside(still.candidate, name), identity=identity), names
            )
            == still.name
        ]

    def _near(self, film: Photo, names: FolderNames) -> list[_Still]:
        """The stills whose mtime is near the film's, the nearest first."""
        stills, when_ns = self._stills(film.candidate, names), film.identity.mtime_ns
        first = bisect_left(stills, when_ns - _NEAR_NS, key=_mtime_ns)
        last = bisect_right(stills, when_ns + _NEAR_NS, key=_mtime_ns)
        near = sorted(stills[first:last], key=lambda still: abs(still.mtime_ns - when_ns))
        return near[:_STILLS_LIMIT]

    def _stills(self, beside: Candidate, names: FolderNames) -> list[_Still]:
        """The stills in the folder; as of a listing they are looked at once."""
        if self._latest is None or self._latest[0] is not names:
            found = []
            for name in names.ending_in(_STILLS):
                with contextlib.suppress(OSError):
                    identity = Identity.of(os.lstat(_beside(beside, name).path))
                    found.append(_Still(identity.mtime_ns, name, identity))
            self._latest = names, sorted(found, key=lambda still: still[:2])
        return self._latest[1]

    def _identifier(self, file: Candidate, identity: Identity, *, is_film: bool) -> str | None:
        """What the file carries; read once for as long as it is the same."""
        # Few folders have a film without a photo of its name; the idle daemon needs no reader.
        from gallery_daemon.imaging.live import (  # noqa: PLC0415
            identifier_of_film,
            identifier_of_still,
        )

        if identity not in self._identifiers:
            if len(self._identifiers) > _REMEMBERED:
                self._identifiers.clear()
            read = identifier_of_film if is_film else identifier_of_still
            try:
                with open_below(file.root, file.relative) as opened:
                    self._identifiers[identity] = read(opened, identity.size_bytes)
            except OSError:
                return None
        return self._identifiers[identity]


def _mtime_ns(still: _Still) -> int:
    return still.mtime_ns


def _beside(candidate: Candidate, name: str) -> Candidate:
    return replace(candidate, relative="/".join((*candidate.folders, name)))


def _folder_of(candidate: Candidate) -> str:
    return candidate.path.rpartition("/")[0]
