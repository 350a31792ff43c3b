"""Which filed photos were carried away from where they were filed, and which came home.

A file counts as a photo's if it has its inode, or else, as a file manager makes a copy and deletes,
its size with its name and mtime, or its bytes; and only where the photo is not at its place any
more. So a copy, or a link, beside a photo that stays is nothing but that.

Nothing is changed, and of a file that may be a copy of a photo that is gone the bytes are read,
which tells whether it is.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from gallery_daemon.filing.content import hash_of
from gallery_daemon.journal.contents import DigestKind
from gallery_daemon.journal.record import State
from gallery_daemon.learning.corrections import STILL_S
from gallery_daemon.learning.statements import Carried
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.intake.scan import Listed
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.journal.record import Row

# A change that a disk dates to before the photo was filed, or to then, is no move of a person's.
_FILING_S: Final = 5.0
_NS: Final = 1_000_000_000


class Whereabouts:
    """Of the photos that were filed into one library."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library

    def carried(self, files: Sequence[Listed], now_s: float) -> list[Carried]:
        """Those of the files that are filed photos which were carried there; `now_s` since 1970.

        Raises:
            JournalError: the journal cannot be read now.
        """
        asked = [
            (each.candidate.folders, each.candidate.name, Identity.of(each.stat)) for each in files
        ]
        at_home = self._journal.filed_places.at_home(self._library, asked)
        strangers = (file for number, file in enumerate(files) if number not in at_home)
        found = (self._carried(each, now_s) for each in strangers)
        return [each for each in found if each is not None]

    def row_of(self, file: Listed) -> Row | None:
        """The filing of the photo that the file is, if it is gone from where it was filed."""
        identity = Identity.of(file.stat)
        return self._row_of(file, identity) or self._row_of_copy(file, identity)

    def _carried(self, file: Listed, now_s: float) -> Carried | None:
        """The filed photo that the file is, if it was carried there."""
        candidate, identity = file.candidate, Identity.of(file.stat)
        itself = self._row_of(file, identity)
        row = itself or self._row_of_copy(file, identity)
        if row is None or self._journal.filed_places.is_being_changed(row):
            return None
        said = self._journal.lessons.of_file(self._library, candidate.path, identity, row.id)
        if said and self._is_still_there(said[-1], candidate.path):
            return None
        return Carried(
            filing=row.id,
            library=self._library,
            path=candidate.path,
            folder=candidate.folders,
            identity=identity,
            filed_in=row.folder,
            top_class=row.filed_as,
            outcome=row.outcome,
            content_hash=row.content_hash,
            moved_s=_moved_s(file.stat, row, now_s),
            said=tuple(said),
            is_copy=itself is None,
        )

    def came_home(self, files: Iterable[Listed] | None = None) -> list[Lesson]:
        """The lessons read off places that their photos have left for where they were filed.

        Of `files` alone, or of all.

        Raises:
            JournalError: the journal cannot be read now.
        """
        lessons = self._journal.lessons
        said = lessons.dragged(self._library) if files is None else self._said_at_home(files)
        return [each for each in said if each.is_dragged and self._is_home(each)]

    def followed_home(
        self, files: Iterable[Listed] | None = None
    ) -> list[tuple[int, str, Identity]]:
        """Where photos are that are back where they were filed, and of which labels say the class.

        By the lesson's id, with what the photo is identified by there. Of `files` alone, or of all.

        Raises:
            JournalError: the journal cannot be read now.
        """
        held = self._journal.lessons.active(self._library)
        said = held if files is None else self._said_at_home(files)
        return [
            (each.id, *found)
            for each in said
            if not each.is_dragged and self._is_home(each)
            for found in self._filed_at(each)
        ]

    def _filed_at(self, lesson: Lesson) -> Iterator[tuple[str, Identity]]:
        row = None if lesson.filing is None else self._journal.row(lesson.filing)
        if row is not None and row.state is State.FILED and row.destination is not None:
            found = _stat(row.destination)
            if found is not None:
                yield row.destination, Identity.of(found)

    def stayed(self, folder: tuple[str, ...]) -> int:
        """How many photos that were filed into the folder or below it are still there."""
        rows = self._journal.filed_places.below(self._library, folder)
        return sum(row.destination is not None and os.path.lexists(row.destination) for row in rows)

    def _said_at_home(self, files: Iterable[Listed]) -> Iterator[Lesson]:
        for each in files:
            where, identity = each.candidate, Identity.of(each.stat)
            row = self._journal.filed_at(self._library, where.folders, where.name)
            if row is not None:
                said = self._journal.lessons.of_file(self._library, where.path, identity, row.id)
                yield from said

    def _row_of(self, file: Listed, identity: Identity) -> Row | None:
        """The filing of the photo that the file is, gone from where it was filed."""
        if stat.S_ISLNK(file.stat.st_mode):
            with suppress(OSError):
                target = os.readlink(file.candidate.path)  # noqa: PTH115 - broken UTF-8 included
                links = self._journal.filed_places.of_link(self._library, target)
                return next((row for row in links if not self._is_in_place(row, file)), None)
        if not stat.S_ISREG(file.stat.st_mode):
            return None
        standing = filter(None, map(self._standing, self._rows_with_inode(file, identity)))
        return next((row for row in standing if not self._is_in_place(row, file)), None)

    def _row_of_copy(self, file: Listed, identity: Identity) -> Row | None:
        """The filing of a photo that is gone, and of which the file is a copy."""
        if not stat.S_ISREG(file.stat.st_mode):
            return None
        alike = self._journal.filed_places.alike(self._library, file.candidate.name, identity)
        return next((row for row in alike if self._is_copy(row, file, identity)), None)

    def _rows_with_inode(self, file: Listed, identity: Identity) -> Iterator[Row]:
        """Filings whose file has the inode, or had it when something was said of it."""
        for row in self._journal.filed_places.by_inode(self._library, identity.inode):
            # Another file may have the inode by now; a photo that was edited has its name, too.
            if identity.has_same_bytes_as(row.identity) or file.candidate.name == row.name:
                yield row
        for lesson in self._journal.lessons.of_file(self._library, file.candidate.path, identity):
            filed = None if lesson.filing is None else self._journal.row(lesson.filing)
            if filed is not None:
                yield filed

    def _standing(self, row: Row) -> Row | None:
        """The filing that holds of the row's file."""
        last: Row | None = row
        while last is not None and last.state is State.REFILED:
            last = self._journal.refiled_as(last)
        return last if last is not None and last.state is State.FILED else None

    def _is_copy(self, row: Row, file: Listed, identity: Identity) -> bool:
        """Whether it is a copy of the row's file, which is gone, with nothing in its place."""
        if row.destination is None or os.path.lexists(row.destination):
            return False
        if identity.has_same_bytes_as(row.identity) and file.candidate.name == row.name:
            return True
        if row.content_hash is None:
            return False
        kind = DigestKind.of(row.content_hash)
        return hash_of(self._disk, file.candidate, identity, kind) == row.content_hash

    def _is_in_place(self, row: Row, stranger: Listed) -> bool:
        """Whether the row's file is where it was filed, or is the stranger by another name."""
        found = None if row.destination is None else _stat(row.destination)
        if found is None:
            return row.destination is None
        now = Identity.of(found)
        is_one = os.path.samestat(found, stranger.stat)
        is_it = now.inode in {row.identity.inode, row.made_inode}
        return is_one or is_it or now.has_same_bytes_as(row.identity) or stat.S_ISLNK(found.st_mode)

    def _is_still_there(self, lesson: Lesson, path: str) -> bool:
        """Whether the lesson's photo lies where it was seen last, and that is not at `path`."""
        is_inside = lesson.path.startswith(f"{self._library.rstrip('/')}/")
        found = _stat(lesson.path) if is_inside and lesson.path != path else None
        if found is None:
            return False
        now = Identity.of(found)
        return now.inode == lesson.identity.inode or now.has_same_bytes_as(lesson.identity)

    def _is_home(self, lesson: Lesson) -> bool:
        """Whether the lesson's photo lies where it was filed, and where it was seen no more."""
        row = None if lesson.filing is None else self._journal.row(lesson.filing)
        if row is None or row.destination is None or os.path.lexists(lesson.path):
            return False
        if row.state is not State.FILED:
            # It was undone or filed anew, which can only begin where it was filed.
            return True
        found = _stat(row.destination)
        # A copy may have another mtime.
        return found is not None and found.st_size == lesson.identity.size_bytes


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _moved_s(found: os.stat_result, row: Row, now_s: float) -> float | None:
    """When the file was moved, in seconds since 1970: a move changes the ctime, on most disks."""
    changed_s = found.st_ctime_ns / _NS
    filed_s = datetime.fromisoformat(row.decided_at).timestamp()
    is_of_filing = changed_s < filed_s + _FILING_S and now_s - changed_s > STILL_S
    return None if is_of_filing else changed_s
