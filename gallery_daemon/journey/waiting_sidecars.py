"""Sidecars that wait for their photo, and whose photo that is.

A live photo's film may come minutes before or after its still. What the judge must know of a
sidecar is looked up here: its photo, beside it or moved away, and what became of that.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.filing.preconditions import linked_filing
from gallery_daemon.filing.steps import owner_of, stems_of
from gallery_daemon.intake.arrivals import file_state
from gallery_daemon.journal.record import State
from gallery_daemon.journey.judge import Fate, has_no_end, is_expected, of_sidecar

if TYPE_CHECKING:
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.judge import SidecarVerdict
    from gallery_daemon.journey.known_files import KnownFiles
    from gallery_daemon.photo import Candidate, Identity, Photo
    from gallery_daemon.rules.decide import RuleSet

# A camera counts IMG_0001 to IMG_9999 and begins again: a film belongs to a photo that was moved
# away only if both are of the same day.
_SAME_SHOT_NS = 24 * 3600 * 1_000_000_000


class WaitingSidecars:
    """The sidecars that wait, by the photo that they wait for."""

    def __init__(
        self,
        journal: Journal,
        disk: Disk,
        library: str,
        rules: RuleSet,
        known: KnownFiles,
        *,
        includes_known: bool = False,
    ) -> None:
        """`includes_known`: every photo that is there comes to an end, even if it did before."""
        self._journal, self._disk, self._library, self._rules = journal, disk, library, rules
        self._known, self._includes_known = known, includes_known
        # Rows with higher numbers are of this pass, in which no photo is judged twice.
        newest = next(journal.newest_first(), None)
        self._last_before = 0 if newest is None else newest.id
        # By the photo's path; a sidecar that is seen again while it waits, waits once.
        self._waiting: dict[str, dict[Candidate, Photo]] = {}

    def verdict_on(self, sidecar: Photo, kind: FileKind) -> SidecarVerdict:
        """What is to become of a sidecar that settled.

        Raises:
            JournalError: the journal cannot be read now.
        """
        owner = _owner_beside(sidecar)
        if owner is None:
            latest = self._moved_owner_of(sidecar)
            return of_sidecar(kind, None, self._fate(latest, None), self._rules)
        latest = self._journal.latest_of(owner, self._library)
        try:
            seen = file_state(owner)
        except OSError:
            awaited, now = has_no_end(latest), None
        else:
            now = None if isinstance(seen, str) else seen.identity
            if now is not None and has_no_end(latest):
                latest = self._renamed_owner(sidecar, owner, now) or latest
            awaited = now is not None and self._is_expected(sidecar, owner, latest, now)
        fate = self._fate(latest, now)
        return of_sidecar(kind, owner if awaited else None, fate, self._rules)

    def fate_of(self, photo: Photo) -> Fate | None:
        """The end that the photo came to, for those that waited for it.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return self._fate(self._journal.latest_of(photo.path, self._library), photo.identity)

    def wait(self, sidecar: Photo, owner: str) -> None:
        """The sidecar waits until the photo at `owner` comes to its end."""
        self._waiting.setdefault(owner, {})[sidecar.candidate] = sidecar

    def take(self, photo: Photo) -> tuple[Photo, ...]:
        """The sidecars that waited for the photo; they wait no more."""
        return tuple(self._waiting.pop(photo.path, {}).values())

    def take_all(self) -> tuple[Photo, ...]:
        """All that still wait; for the end of a pass."""
        waiting = [photo for photos in self._waiting.values() for photo in photos.values()]
        self._waiting.clear()
        return tuple(waiting)

    def _fate(self, latest: Row | None, now: Identity | None) -> Fate | None:
        """`now` is the photo as it is, if it is there: a link of it may have been filed before."""
        if latest is None:
            return None
        filed = latest if latest.state is State.FILED else None
        if latest.state is State.IDENTICAL and now is not None:
            filed = linked_filing(self._journal, self._disk, now, self._library)
        return Fate(latest.state, filed)

    def _is_expected(self, sidecar: Photo, owner: str, latest: Row | None, now: Identity) -> bool:
        if self._includes_known:
            return True
        photo = replace(sidecar, candidate=_beside(sidecar, owner), identity=now)
        is_known = self._is_of_this_pass(latest, now) or not self._known.unknown((photo,))
        return is_expected(latest, is_known=is_known)

    def _renamed_owner(self, sidecar: Photo, owner: str, now: Identity) -> Row | None:
        """What became of the photo under another name, which its sidecar has no more.

        By its inode or its bytes it is known, so it comes to no end under the name that it has now.
        """
        beside = _beside(sidecar, owner)
        known = self._known.row_of(replace(sidecar, candidate=beside, identity=now))
        return None if known is None else replace(known, relative=beside.relative)

    def _is_of_this_pass(self, latest: Row | None, now: Identity) -> bool:
        return latest is not None and latest.id > self._last_before and latest.identity == now

    def _moved_owner_of(self, sidecar: Photo) -> Row | None:
        """The filing of the sidecar's photo, if that is not beside it any more."""
        folder = sidecar.path.rpartition("/")[0]
        rows = {
            row.path.rpartition("/")[2]: row
            for stem in stems_of(sidecar.name)
            for row in self._journal.filed_from(f"{folder}/{stem}", self._library)
            if abs(row.identity.mtime_ns - sidecar.identity.mtime_ns) < _SAME_SHOT_NS
        }
        owner = owner_of(sidecar.name, rows)
        return None if owner is None else rows[owner]


def _beside(sidecar: Photo, owner: str) -> Candidate:
    """The photo at the path `owner`, below the watch folder of its sidecar."""
    where = sidecar.candidate
    return replace(where, relative=owner.removeprefix(where.root.rstrip("/") + "/"))


def _owner_beside(sidecar: Photo) -> str | None:
    """The path of the photo that the sidecar belongs to, if it is beside it."""
    folder = sidecar.path.rpartition("/")[0]
    try:
        with os.scandir(folder) as entries:
            owner = owner_of(sidecar.name, [entry.name for entry in entries])
    except OSError:
        return None
    return None if owner is None else f"{folder}/{owner}"
