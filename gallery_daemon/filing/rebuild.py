"""A new journal in place of a damaged one: from the rows that can be read, and from the disk.

The damaged file is set aside first. Its whole rows are taken over, from its beginning and from its
end up to the damage, with what people said of photos. For the rest the disk is asked: a photo whose
bytes are in the library was filed, and is not filed a second time. What was left or quarantined is
decided again, which moves nothing.

The new file gets its name when it is whole, and a journal that is missing beside a damaged one is
made anew, so after a power cut in between it is only done again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.photo import Photo

_REASON = "found in the library after the journal was damaged"
_PARTS = ("", "-wal", "-shm")


def set_aside(journal: Path, disk: Disk, when: datetime) -> Path:
    """Rename the damaged journal beside its old name; nothing is deleted.

    Raises:
        OSError: its folder cannot be written.
    """
    aside = journal.with_name(f"{journal.name}.damaged-{when:%Y%m%dT%H%M%S.%f}")
    with disk.folder(os.fspath(journal.parent), ()) as folder:
        # SQLite's companion files first: a new journal would take them for its own.
        for part in reversed(_PARTS):
            with contextlib.suppress(FileNotFoundError):
                disk.hide((folder, journal.name + part), (folder, aside.name + part))
        disk.sync(folder)
    return aside


def damaged_beside(journal: Path) -> Path | None:
    """The newest journal that was set aside; None if there is none."""
    found = journal.parent.glob(f"{journal.name}.damaged-*[0-9]")
    return max(found, default=None)


def rebuild(
    journal: Path,
    damaged: Path,
    disk: Disk,
    *,
    library: str,
    photos: Iterable[Photo],
    when: datetime,
) -> int:
    """Make a journal at the free name `journal`; how many of the `photos` were found as filed.

    Raises:
        JournalError: it cannot be written.
        OSError: its folder cannot be written.
    """
    unfinished = journal.with_name(f"{journal.name}.new")
    for part in _PARTS:
        unfinished.with_name(unfinished.name + part).unlink(missing_ok=True)
    made = Journal(unfinished)
    try:
        made.adopt(_readable_rows(damaged, "filings"))
        tables = ("mass_moves", "lessons", "lesson_features")
        made.lessons.adopt({table: _readable_rows(damaged, table) for table in tables})
        index = _LibraryIndex.in_library(library)
        entries = [
            index.entry(photo, disk, library)
            for photo in photos
            if not made.is_known(photo.path, photo.identity, library)
        ]
        found = [entry for entry in entries if entry is not None]
        made.record_all(found, library, when)
    finally:
        made.close()
    unfinished.with_name(f"{unfinished.name}-owners").unlink(missing_ok=True)
    with disk.folder(os.fspath(journal.parent), ()) as folder:
        disk.hide((folder, unfinished.name), (folder, journal.name))
        disk.sync(folder)
    return len(found)


def _readable_rows(damaged: Path, table: str) -> Iterator[dict[str, Any]]:
    """The table's rows before the first damage, and after the last; none if there is no table."""
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_reader(damaged)) as database:
            rows = database.execute(f"SELECT rowid AS place, * FROM {table} ORDER BY 1 {order}")  # noqa: S608
            for row in rows:
                columns = dict(row)
                place = columns.pop("place")
                if place in seen:
                    break
                seen.add(place)
                yield columns


def _reader(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    return database


@dataclass(frozen=True, slots=True)
class _LibraryFile:
    folder: tuple[str, ...]
    name: str


@dataclass(slots=True)
class _LibraryIndex:
    """The files in the library, by each of the ways a photo can be recognised."""

    by_inode: dict[tuple[int, int], _LibraryFile] = field(default_factory=dict)
    by_size: dict[int, list[tuple[int, _LibraryFile]]] = field(default_factory=dict)
    by_target: dict[str, _LibraryFile] = field(default_factory=dict)

    @classmethod
    def in_library(cls, library: str) -> _LibraryIndex:
        """The files that are there now; a folder that cannot be listed counts as empty."""
        index = cls()
        for folder, _, names in os.walk(library):
            parts = tuple(part for part in folder.removeprefix(library).split("/") if part)
            for name in names:
                with contextlib.suppress(OSError):
                    index._add(os.path.join(folder, name), _LibraryFile(parts, name))  # noqa: PTH118
        return index

    def entry(self, photo: Photo, disk: Disk, library: str) -> JournalEntry | None:
        """The photo as filed; None if its bytes are not there."""
        identity = photo.identity
        linked = self.by_inode.get((identity.device, identity.inode))
        if linked is not None:
            return _filed(photo, linked, Action.HARDLINK)
        pointed = self.by_target.get(photo.path)
        if pointed is not None:
            return _filed(photo, pointed, Action.SYMLINK)
        # A copy has the same mtime, unless one of the two was touched or its disk keeps whole
        # seconds: those are compared last.
        same_size = self.by_size.get(identity.size_bytes, ())
        for _, place in sorted(same_size, key=lambda each: abs(each[0] - identity.mtime_ns)):
            if _has_bytes(photo, place, disk, library):
                return _filed(photo, place, Action.COPY)
        return None

    def _add(self, path: str, place: _LibraryFile) -> None:
        found = os.lstat(path)
        identity = Identity.of(found)
        if os.path.islink(path):  # noqa: PTH114 - broken UTF-8 included
            self.by_target[os.readlink(path)] = place  # noqa: PTH115
            return
        self.by_inode[identity.device, identity.inode] = place
        self.by_size.setdefault(identity.size_bytes, []).append((identity.mtime_ns, place))


def _has_bytes(photo: Photo, place: _LibraryFile, disk: Disk, library: str) -> bool:
    candidate = photo.candidate
    try:
        with (
            disk.folder(candidate.root, candidate.folders) as home,
            disk.source(home, candidate.name, photo.identity) as source,
            disk.folder(library, place.folder) as target,
        ):
            return disk.same_bytes(source, target, place.name)
    except (OSError, FilingError, PhotoChanged):
        return False


def _filed(photo: Photo, place: _LibraryFile, action: Action) -> JournalEntry:
    intent = Intent(action, place.folder, place.name, token="")
    return JournalEntry(photo, State.FILED, _REASON, intent=intent)
