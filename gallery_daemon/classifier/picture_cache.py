"""Pictures that were made, in a folder below the user's cache folder.

An entry is named by the file that it is of (device, inode, size, mtime) and the side, so a photo
that changes has another. It is written beside and renamed, so it is whole or not there; one that is
damaged all the same does not fit its own hash, and is made again. Nobody else may read the folder:
it shows what the photos show. When it is full, what was used longest ago goes.

The cache only saves time: whatever is wrong with its disk is passed over.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from gallery_daemon.classifier.picture_messages import Thumbnail, is_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.photo import Identity

MOST_BYTES: Final = 500_000_000
"""Some 25,000 small pictures."""
# Where it is full, it is emptied to this share, so that not every picture empties it.
_KEPT: Final = 0.9
# What its entries look like; another number where pictures are made otherwise.
_FORM: Final = b"gallery-daemon picture 1\n"
_HEAD: Final = struct.Struct(">5sHH16s")
_DIGEST_BYTES: Final = 16
# So often at most a use is written down.
_USED_S: Final = 3600.0
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


def default_folder() -> Path:
    """XDG_CACHE_HOME/gallery-daemon/thumbnails."""
    return platformdirs.user_cache_path("gallery-daemon") / "thumbnails"


class PictureCache:
    """The pictures in one folder; any thread may call it, and any number of programs."""

    def __init__(self, folder: Path, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._clock, self._most = folder, clock, most_bytes
        self._lock = threading.Lock()
        self._bytes: int | None = None  # not counted yet

    def get(self, identity: Identity, side: int) -> Thumbnail | None:
        """The picture of that file and side, if there is one that is whole."""
        path = self._path(identity, side)
        try:
            with path.open("rb") as file:
                content = file.read()
                found = _read(content)
                self._used(file.fileno())
        except OSError:
            return None
        if found is None:
            with contextlib.suppress(OSError):
                path.unlink()
        return found

    def put(self, identity: Identity, side: int, picture: Thumbnail) -> None:
        """The picture is kept, if that can be done."""
        path = self._path(identity, side)
        content = _written(picture)
        with contextlib.suppress(OSError):
            self._write(path, content)
            with self._lock:
                if self._bytes is None:
                    self._bytes = sum(size for _, size, _ in self._entries())
                else:
                    self._bytes += len(content)
                if self._bytes > self._most:
                    self._bytes = self._emptied()

    def _path(self, identity: Identity, side: int) -> Path:
        key = (identity.device, identity.inode, identity.size_bytes, identity.mtime_ns, side)
        name = hashlib.sha256(repr(key).encode()).hexdigest()
        return self._folder / name[:2] / name[2:]

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._folder.chmod(_FOLDER_MODE)
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with os.fdopen(os.open(unfinished, flags, _FILE_MODE), "wb") as file:
                file.write(content)
            unfinished.rename(path)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def _used(self, file: int) -> None:
        """The entry's mtime is the time of its last use, to the hour."""
        now_s = self._clock.wall().timestamp()
        if abs(now_s - os.fstat(file).st_mtime) > _USED_S:
            os.utime(file, (now_s, now_s))

    def _entries(self) -> Iterator[tuple[float, int, str]]:
        """When each was used last, its bytes, and its path; what a crash left half, too."""
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = f"{folder}/{name}"
                with contextlib.suppress(OSError):
                    found = os.lstat(path)
                    yield found.st_mtime, found.st_size, path

    def _emptied(self) -> int:
        """The bytes that are left, without what was used longest ago."""
        entries = sorted(self._entries())
        left = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if left <= self._most * _KEPT:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
                left -= size
        return left


def _written(picture: Thumbnail) -> bytes:
    digest = hashlib.blake2b(picture.data, digest_size=_DIGEST_BYTES).digest()
    head = _HEAD.pack(picture.kind.encode(), picture.width, picture.height, digest)
    return _FORM + head + picture.data


def _read(content: bytes) -> Thumbnail | None:
    """The picture of an entry; None if it is damaged."""
    head, data = content[: len(_FORM) + _HEAD.size], content[len(_FORM) + _HEAD.size :]
    if not head.startswith(_FORM) or len(head) < len(_FORM) + _HEAD.size:
        return None
    name, width, height, digest = _HEAD.unpack(head[len(_FORM) :])
    kind = name.rstrip(b"\0").decode("ascii", "replace")
    if hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest() != digest:
        return None
    found = Thumbnail(data, kind, width, height)
    return found if is_picture(found) else None
