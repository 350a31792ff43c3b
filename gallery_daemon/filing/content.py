"""The bytes of a file, where its mtime cannot tell whether they are the same.

Size and mtime tell it in a moment. But an mtime changes without a byte (a touch, FAT's local time,
a copy to a disk that keeps two seconds), so before a file counts as changed it is hashed, if the
journal has the hash of what was filed.

Of what was read whole anyway, by the classifier process or for a copy, that is the SHA-256 of all
bytes. Nothing else is read to its end only to be known again: of a JPEG, a HEIC, an AVIF or a film
it is that of the first and the last 64 KiB. These are compressed. Their head has the date and the
thumbnail, their tail the end of the coded data, or tables of all of them; so two different ones do
not have the same size and the same ends. Two scans of white paper could, in an uncompressed format;
so a BMP or a TIFF is hashed whole, and so is every other kind.

A file of the same size and ends can be another one all the same: a download that was filed before
its middle arrived, and then came whole. So where what was filed is at hand, all bytes are compared
before a file counts as filed (`journey.known_files`).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.imaging.formats import AVIF, HEIC, JPEG, VIDEO, sniff
from gallery_daemon.journal.contents import DigestKind

if TYPE_CHECKING:
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Candidate, Identity

_COMPRESSED = frozenset({JPEG, HEIC, AVIF, VIDEO})


def hash_to_keep(disk: Disk, source: int) -> str:
    """By what the open file will be known, at the price of reading as little as will do."""
    is_compressed = sniff(BytesIO(disk.head(source))) in _COMPRESSED
    return disk.content_hash(source, DigestKind.ENDS if is_compressed else DigestKind.WHOLE)


def hash_of(
    disk: Disk, file: Candidate, identity: Identity, kind: DigestKind | None = None
) -> str | None:
    """The hash of the file, of that kind or the one to keep.

    None if the file is not there as it was seen, or cannot be read.
    """
    try:
        with (
            disk.folder(file.root, file.folders) as folder,
            disk.source(folder, file.name, identity) as opened,
        ):
            return disk.content_hash(opened, kind) if kind else hash_to_keep(disk, opened)
    except (OSError, FilingError, PhotoChanged):
        return None


def is_unchanged(disk: Disk, row: Row, file: Candidate, now: Identity) -> bool:
    """Whether the file, which is `now` so identified, has the bytes that the row is about."""
    if now.has_same_bytes_as(row.identity):
        return True
    known = row.content_hash
    if known is None or now.size_bytes != row.identity.size_bytes:
        return False
    return hash_of(disk, file, now, DigestKind.of(known)) == known
