"""One look at one file: the only entry of this room that opens photos.

The file is opened without following a link and without waiting (a FIFO would wait for ever), and
must be the one that settled, before the look and after it (promise 5).
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.decode import Pixels, read_picture
from gallery_daemon.imaging.ending import missing_end
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.imaging.formats import Support, sniff
from gallery_daemon.photo import Facts, Identity

# Decoders of these say nothing of a missing end: a cut HEIC becomes grey tiles.
_SILENT_DECODERS = frozenset({"heic", "avif"})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a photo gave: its facts, and pixels uint8 (224, 224, 3), RGB, upright."""

    facts: Facts
    picture: Pixels


def look(
    path: str, identity: Identity, *, max_bytes: int, max_pixels: int, want_hash: bool
) -> Look:
    """The facts and the picture of the photo at `path`.

    Raises:
        PhotoChanged: it is not the file that settled.
        NotAPhoto: it is no photo, or of a kind that is not supported.
        BadPhoto: it claims to be a photo and cannot be read, or is too large.
        OSError: it cannot be opened or read; `FileNotFoundError` if it vanished.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        _refuse_another(file, identity)
        if identity.size_bytes > max_bytes:
            raise BadPhoto(
                f"{identity.size_bytes} bytes, more than the limit of {max_bytes // 1_000_000} MB"
            )
        found = _look(file, path, identity, max_pixels)
        if want_hash:
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            found = replace(found, facts=replace(found.facts, content_hash=digest))
        _refuse_another(file, identity)
    return found


def _look(file: BinaryIO, path: str, identity: Identity, max_pixels: int) -> Look:
    kind = sniff(file)
    if kind.support is not Support.PHOTO:
        raise NotAPhoto(kind.words)
    if kind.name in _SILENT_DECODERS and (missing := missing_end(file, kind)):
        raise BadPhoto(missing)
    picture = read_picture(file, kind, max_pixels)
    facts = facts_of(
        picture.metadata,
        form=kind.name,
        size=picture.size,
        name=path.rpartition("/")[2],
        mtime=datetime.fromtimestamp(identity.mtime_ns / 1e9, UTC).astimezone(),
    )
    return Look(facts, picture.pixels)


def _refuse_another(file: BinaryIO, identity: Identity) -> None:
    now = os.fstat(file.fileno())
    if not stat.S_ISREG(now.st_mode):
        raise NotAPhoto("not a regular file")
    if Identity(now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) != identity:
        raise PhotoChanged("the file changed since it settled")
