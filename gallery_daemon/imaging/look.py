"""One look at one file: the only entry of this room that opens photos.

The file is opened without following a link and without waiting for a FIFO, and must be the one that
settled (promise 5). Its bytes are in memory before a decoder sees them: the classified, measured
and hashed bytes are the same, and only reading them can fail because of the disk. If the photo's
preview is enough and no hash is wanted, only the preview's bytes are read; what is read whole has
its hash, so that nobody reads it once more.

A look also gives the picture's dHash: 128 bits that are nearly the same for every copy of it.
Sixty-four times the hash says whether the picture is brighter to the right, and as often whether it
is brighter below. Scaling, brightening or saving anew changes few of the bits, so the number that
differ says how far two pictures are apart. The first half alone is the well-known dHash of 64 bits.
That takes different chats of one messenger for one another, and other pictures too: at 5 of 64 bits
one pair in 36,000, too many where a photo is compared with 100,000. `python -m
tests.benchmarks.alike` measures both.

Source: N. Krawetz, "Kind of Like That", hackerfactor.com, 2013 (dHash, gradients of 9x8).
"""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image

from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.decode import Pixels, read_picture, read_preview
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.preview import bytes_for_preview
from gallery_daemon.openat import NotRegularError, open_regular
from gallery_daemon.photo import PLAIN, Facts, Identity, LookKind

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import DecodedPhoto
    from gallery_daemon.imaging.formats import FileKind


# The errors of opening a symbolic link, a socket and a folder.
_NOT_REGULAR = {
    errno.ELOOP: "a symbolic link, which is not followed",
    errno.ENXIO: "not a regular file",
    errno.EISDIR: "a folder",
}

_MORE, _SIDE = 9, 8
# In grey levels of means of some 700 pixels each. On an all-white screen smaller differences are
# noise of saving: with this threshold, a fifth as many copies of half the size are missed as with
# a threshold of 0.
_BRIGHTER = 0.5
_STRONG = 2.0
# Of 64, in each direction: with fewer, most bits would be the same for all black frames. 16 of
# 8,377 photos, screenshots and memes are so plain (`python -m tests.benchmarks.alike`).
_LEAST_STRONG = 16


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A photo's facts, and its pixels, uint8 (S, S, 3), RGB, upright.

    S is 224, or 128 where the picture is good enough for a quick look only; `kind` says for which.
    `remark` is as in `DecodedPhoto`.
    """

    facts: Facts
    picture: Pixels
    kind: LookKind = LookKind.FULL
    remark: str | None = None


def look(
    path: str,
    identity: Identity,
    *,
    max_bytes: int,
    max_pixels: int,
    want_hash: bool,
    kind: LookKind = LookKind.FULL,
) -> Look:
    """The facts and the picture of the photo at `path`.

    Args:
        path: absolute, or from the working folder.
        identity: of the file that settled.
        max_bytes: of the largest file.
        max_pixels: width times height at most.
        want_hash: the facts have the content's hash, for which the whole file is read.
        kind: what the picture must be good enough for; a better one may be at hand.

    Raises:
        PhotoChanged: it is not the file that settled.
        NotAPhoto: it is no photo, or of a kind that is not supported.
        BadPhoto: it claims to be a photo and cannot be read, or is too large.
        OSError: it cannot be opened or read; `FileNotFoundError` if it vanished.
    """
    with _opened(path) as file:
        form = _accepted(file, identity, max_bytes)
        picture = None if want_hash else _by_preview(file, form, max_pixels, kind)
        _refuse_another(file, identity)
        digest = None
        if picture is None:
            data = _whole(file, identity)
            digest = hashlib.sha256(data).hexdigest()
            picture = read_picture(data, max_pixels=max_pixels)
    facts = _facts(picture, path.rpartition("/")[2], identity)
    facts = replace(facts, content_hash=digest, dhash=dhash(picture.pixels))
    return Look(facts, picture.pixels, picture.look, picture.remark)


def whole_photo(path: str, identity: Identity, max_bytes: int) -> tuple[bytes, FileKind]:
    """All bytes of the photo at `path`, and its kind.

    Raises:
        PhotoChanged, NotAPhoto, BadPhoto, OSError: as `look`.
    """
    with _opened(path) as file:
        form = _accepted(file, identity, max_bytes)
        return _whole(file, identity), form


def _accepted(file: BinaryIO, identity: Identity, max_bytes: int) -> FileKind:
    """The file's kind, if it is the file that settled, a photo, and not too large."""
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


def _by_preview(
    file: BinaryIO, form: FileKind, max_pixels: int, kind: LookKind
) -> DecodedPhoto | None:
    """The picture from its preview, without reading more; None if it must be read whole."""
    part = bytes_for_preview(file, form)
    if part is None:
        return None
    more = partial(bytes_for_preview, file, form, is_plain=True)
    picture = read_preview(part, form, max_pixels=max_pixels, look=kind, more=more)
    # A whole preview must not hide that the end of the file is missing.
    return picture if picture and ending(file, form).whole else None


def _whole(file: BinaryIO, identity: Identity) -> bytes:
    """All bytes of the file, which did not change while they were read."""
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


def _facts(picture: DecodedPhoto, name: str, identity: Identity) -> Facts:
    return facts_of(
        picture.metadata,
        form=picture.kind.name,
        size=picture.size,
        orientation=picture.orientation,
        name=name,
        mtime=identity.modified_at.astimezone(),
    )


def dhash(pixels: Pixels) -> str:
    """The bits as 32 hexadecimal digits, or `PLAIN` if most of them would be noise.

    Args:
        pixels: uint8 (rows, columns, 3), RGB, upright.
    """
    grey = Image.fromarray(pixels).convert("F")
    wide = np.asarray(grey.resize((_MORE, _SIDE), Image.Resampling.BOX))  # (8, 9)
    high = np.asarray(grey.resize((_SIDE, _MORE), Image.Resampling.BOX))  # (9, 8)
    gradients = np.stack((np.diff(wide, axis=1), np.diff(high, axis=0)))  # (2, 8, 8)
    strong = np.count_nonzero(np.abs(gradients) >= _STRONG, axis=(1, 2))  # (2,)
    if strong.min() < _LEAST_STRONG:
        return PLAIN
    return np.packbits(gradients > _BRIGHTER).tobytes().hex()
