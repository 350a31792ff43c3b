"""Which files have come to an end already, whatever happened to them that did not change a byte.

First by identity, which costs one question to the journal for a hundred files. A file that is not
known so has perhaps only been touched, restored, renamed by a sync tool, mounted elsewhere or
copied to another disk with all its folder. Its size says whether that can be, and then it is hashed
as those of its size were, once: the journal notes what it is called and numbered from now on. Where
only the ends were hashed, the rest is compared with what lies in the library, if that is another
file; mostly it is the same, by a hard link.

Equal bytes alone do not make it the same file, because people keep copies on purpose, and the rules
say what becomes of those. It is a *successor* of what was filed if it has the same path; the same
path below a folder that is not watched any more; or if the file that was filed is not in its place.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError, JournalError, PhotoChanged
from gallery_daemon.filing.beside import is_older_name
from gallery_daemon.filing.content import hash_of, is_unchanged
from gallery_daemon.journal.contents import DigestKind
from gallery_daemon.journal.record import State
from gallery_daemon.journal.sql import FINAL, KEPT
from gallery_daemon.photo import Candidate, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Photo

# FAT's resolution.
_FAT_NS = 2_000_000_000


class _Unreadable(Exception):
    """The file cannot be read as it was seen, so nothing is known of its bytes."""


class KnownFiles:
    """Asks the journal, and the disk where identity is not enough."""

    def __init__(
        self,
        journal: Journal,
        disk: Disk,
        library: str,
        roots: Iterable[WatchRoot],
        *,
        again: bool = False,
    ) -> None:
        """`again`: only what is in the library is known."""
        self._journal, self._disk, self._library = journal, disk, library
        self._watched = frozenset(root.path.rstrip("/") for root in roots)
        self._again, self._states = again, KEPT if again else FINAL

    def not_identified(self, photos: Sequence[Photo]) -> list[Photo]:
        """Those whose identity the journal does not know; no file is opened.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return self._journal.unknown(photos, self._library, again=self._again)

    def unknown(self, photos: Sequence[Photo]) -> list[Photo]:
        """Those that have not come to an end: neither identity nor bytes are known.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return [each for each in self.not_identified(photos) if self.recognise(each) is None]

    def row_of(self, photo: Photo) -> Row | None:
        """What makes the file known under whatever name: its filing, or else its latest end.

        Raises:
            JournalError: the journal cannot be read now.
        """
        recognised_at = self._journal.contents.recognised_at
        return (
            self._journal.known_as(photo.identity, self._library)
            or recognised_at(photo.path, photo.identity, self._library)
            or self.recognise(photo)
        )

    def recognise(self, photo: Photo) -> Row | None:
        """The row of the file that it is by its bytes, and from now on by its identity too.

        Raises:
            JournalError: the journal cannot be read now.
        """
        try:
            found = next(self._matching(photo), None)
        except _Unreadable:
            return None
        if found is None:
            return None
        row, digest = found
        with contextlib.suppress(JournalError):
            self._journal.contents.recognise(row, digest, photo.path, photo.identity)
        return row

    def _matching(self, photo: Photo) -> Iterator[tuple[Row, str]]:
        """The rows of the file, each with the hash that they have in common."""
        size_bytes, contents = photo.identity.size_bytes, self._journal.contents
        kinds = contents.kinds_of_size(size_bytes, self._library, self._states)
        if DigestKind.ENDS in kinds:
            ends = self._hash_of(photo, DigestKind.ENDS)
            for row in self._successors(photo, ends):
                if not self._differs_in_library(photo, row):
                    yield row, ends
        unhashed = list(contents.unhashed(photo.path, size_bytes, self._library))
        if unhashed or DigestKind.WHOLE in kinds:
            whole = self._hash_of(photo, DigestKind.WHOLE)
            for row in self._successors(photo, whole):
                yield row, whole
            # What an older program filed is compared with what is in the library, if that is there.
            for row in unhashed:
                if whole == self._hash_in_library(row):
                    yield row, whole

    def _successors(self, photo: Photo, digest: str) -> Iterator[Row]:
        same = self._journal.contents.rows(
            photo.identity.size_bytes, digest, self._library, self._states
        )
        return (row for row in same if self._is_successor(photo, row))

    def _is_successor(self, photo: Photo, row: Row) -> bool:
        """Whether the photo, which has the row's bytes, is the row's file and no other copy."""
        where = photo.candidate
        if self._has_made_room(row):
            # A sidecar that is again what it was before its last edit.
            return False
        if self._journal.contents.was_at(row, where.path):
            return True
        if row.relative == where.relative and row.root.rstrip("/") not in self._watched:
            return True
        if _was_taken(row) or (row.parent is not None and not _is_moved_sidecar(photo, row)):
            return False
        return not self._is_in_place(row, photo.identity)

    def _has_made_room(self, row: Row) -> bool:
        """Whether the row's file is kept in the library as a version before another one."""
        while row.state is State.REFILED:
            later = self._journal.refiled_as(row)
            if later is None:
                return False
            row = later
        return is_older_name(row.name or "")

    def _is_in_place(self, row: Row, successor: Identity) -> bool:
        """Whether the row's file is where it was, and is not the successor by another name."""
        try:
            found = os.lstat(row.path)
        except OSError:
            return False
        now = Identity.of(found)
        if not stat.S_ISREG(found.st_mode) or now.size_bytes != row.identity.size_bytes:
            return False
        if (now.device, now.inode) == (successor.device, successor.inode):
            return False
        return is_unchanged(self._disk, row, row.candidate, now)

    def _differs_in_library(self, photo: Photo, row: Row) -> bool:
        """Whether what was filed lies in the library, and has other bytes between its ends."""
        if row.name is None:
            return False
        mine, there = photo.candidate, Candidate(row.source, row.library, row.below_library)
        try:
            found = os.lstat(there.path)
        except OSError:
            return False
        now = Identity.of(found)
        is_one_file = (now.device, now.inode) == (photo.identity.device, photo.identity.inode)
        if is_one_file or not stat.S_ISREG(found.st_mode):
            return False
        if not is_unchanged(self._disk, row, there, now):
            return False  # it is not what was filed any more
        try:
            with (
                self._disk.folder(mine.root, mine.folders) as home,
                self._disk.source(home, mine.name, photo.identity) as source,
                self._disk.folder(there.root, there.folders) as shelf,
            ):
                return not self._disk.same_bytes(source, shelf, there.name)
        except (OSError, FilingError, PhotoChanged):
            return True  # to be filed twice is better than never

    def _hash_of(self, photo: Photo, kind: DigestKind) -> str:
        digest = hash_of(self._disk, photo.candidate, photo.identity, kind)
        if digest is None:
            raise _Unreadable
        return digest

    def _hash_in_library(self, row: Row) -> str | None:
        there = Candidate(row.source, row.library, row.below_library)
        try:
            return hash_of(self._disk, there, Identity.of(os.lstat(there.path)), DigestKind.WHOLE)
        except OSError:
            return None


def _was_taken(row: Row) -> bool:
    """Whether it was moved away, so that its absence says nothing."""
    return row.action == Action.MOVE and row.state in {State.FILED, State.REFILED}


def _is_moved_sidecar(sidecar: Photo, row: Row) -> bool:
    """Whether it is the row's sidecar in another folder or by another name, as its photo has now.

    The recipes of many photos have the same bytes, so kind and mtime must agree as well.
    """
    kinds = {name.rpartition(".")[2].lower() for name in (sidecar.name, row.candidate.name)}
    return len(kinds) == 1 and _is_same_mtime(sidecar.identity.mtime_ns, row.identity.mtime_ns)


def _is_same_mtime(one_ns: int, other_ns: int) -> bool:
    """Whether they are equal, or would be on a FAT card."""
    is_rounded = 0 in {one_ns % _FAT_NS, other_ns % _FAT_NS}
    return one_ns == other_ns or (is_rounded and abs(one_ns - other_ns) < _FAT_NS)
