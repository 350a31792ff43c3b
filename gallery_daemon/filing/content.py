"""The bytes of a file, where its mtime cannot tell whether they are the same.

Size and mtime tell it in a moment. But an mtime changes without a byte (a touch, FAT's local time,
a copy to a disk that keeps two seconds), so before a file counts as changed it is hashed, if the
journal has the hash of what was filed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged

if TYPE_CHECKING:
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Candidate, Identity


def hash_of(disk: Disk, file: Candidate, identity: Identity) -> str | None:
    """The hash of the file; None if it is not there as it was seen, or cannot be read."""
    try:
        with (
            disk.folder(file.root, file.folders) as folder,
            disk.source(folder, file.name, identity) as opened,
        ):
            return disk.content_hash(opened)
    except (OSError, FilingError, PhotoChanged):
        return None


def is_unchanged(disk: Disk, row: Row, file: Candidate, now: Identity) -> bool:
    """Whether the file, which is `now` so identified, has the bytes that the row is about."""
    if now.has_same_bytes_as(row.identity):
        return True
    if row.content_hash is None or now.size_bytes != row.identity.size_bytes:
        return False
    return hash_of(disk, file, now) == row.content_hash
