"""One look at one file: the only entry of this room that opens photos.

The file is opened without following a link and without waiting (a FIFO would wait for ever), must
be the one that settled (promise 5), and its bytes are in memory before a decoder sees them: what is
classified, measured and hashed are the same bytes, and only reading them can fail for the disk's
sake. Where the photo's preview is enough and nobody wants a hash, only its bytes are read.
"""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.decode import Pixels, read_picture, read_preview
from gallery_daemon.imaging.dhash import dhash
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.needed import needed_for_preview
from gallery_daemon.openat import NotRegularError, open_regular
from gallery_daemon.photo import Facts, Identity

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import Picture
    from gallery_daemon.imaging.kinds import Kind

# What opening says of a symbolic link, of a socket and of a folder.
_NOT_REGULAR = {
    errno.ELOOP: "a symbolic link, which is not followed",
    errno.ENXIO: "not a regular file",
    errno.EISDIR: "a folder",
}


@dataclass(frozen=True, slots=True, eq=False)
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
    with _opened(path) as file:
        kind = _accepted(file, identity, max_bytes)
        picture = None if want_hash else _by_preview(file, kind, max_pixels)
        _refuse_another(file, identity)
        digest = None
        if picture is None:
            data = _whole(file, identity)
            digest = hashlib.sha256(data).hexdigest() if want_hash else None
            picture = read_picture(data, max_pixels=max_pixels)
    facts = _facts(picture, path.rpartition("/")[2], identity)
    return Look(replace(facts, content_hash=digest, dhash=dhash(picture.pixels)), picture.pixels)


def _accepted(file: BinaryIO, identity: Identity, max_bytes: int) -> Kind:
    """What the file is, if it is the one that settled, a photo, and not too large."""
    _refuse_another(file, identity)
    kind = sniff(file)  # before the rest is read: a film may have gigabytes
    if not kind.is_photo:
        raise NotAPhoto(kind.words)
    if identity.size_bytes > max_bytes:
        raise BadPhoto(
            f"{identity.size_bytes / 1e6:.0f} MB are more than the limit of "
            f"{max_bytes / 1e6:.0f} MB"
        )
    return kind


def _by_preview(file: BinaryIO, kind: Kind, max_pixels: int) -> Picture | None:
    """The picture by its preview, without reading more; None if it must be read whole."""
    part = needed_for_preview(file, kind)
    picture = read_preview(part, kind, max_pixels=max_pixels) if part else None
    # A whole preview may not hide that the end of the file is missing.
    return picture if picture and ending(file, kind).whole else None


def _whole(file: BinaryIO, identity: Identity) -> bytes:
    """All bytes of the file, which is the same one before and after they are read."""
    file.seek(0)
    data = file.read(identity.size_bytes)
    _refuse_another(file, identity)
    return data


def _opened(path: str) -> BinaryIO:
    try:
        return open_regular(path, follow_links=False)
    except NotRegularError as error:
        raise NotAPhoto("not a regular file") from error
    except OSError as error:
        if error.errno in _NOT_REGULAR:
            raise NotAPhoto(_NOT_REGULAR[error.errno]) from error
        raise


def _refuse_another(file: BinaryIO, identity: Identity) -> None:
    if Identity.of(os.fstat(file.fileno())) != identity:
        raise PhotoChanged("the file changed since it settled")


def _facts(picture: Picture, name: str, identity: Identity) -> Facts:
    return facts_of(
        picture.metadata,
        form=picture.kind.name,
        size=picture.size,
        orientation=picture.orientation,
        name=name,
        mtime=identity.modified_at.astimezone(),
    )
