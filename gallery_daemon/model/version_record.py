"""Which version serves: the small file `current` beside the versions of a library.

It is all that ever changes, so it is written beside, synced and renamed: whoever reads it finds
what was before or what is now.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.errors import BundleError, GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CURRENT_FILE, _LOCK_FILE = "current", "lock"
BASE = 0
"""The number of the base."""
MADE = ".made-"
"""What is being made is called so, until it is whole."""


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """The number of the version that serves, of those before, the newest first; all adopted."""

    number: int = BASE
    before: tuple[int, ...] = ()
    adopted: tuple[int, ...] = ()

    def with_current(self, number: int) -> VersionRecord:
        """The record once this version serves."""
        if number == self.number:
            return self
        before = (self.number, *(each for each in self.before if each != number))
        adopted = {*self.adopted, number} - {BASE}
        return VersionRecord(number, before, tuple(sorted(adopted)))

    def back_to(self, number: int) -> VersionRecord:
        """The record once this version, one of those before or the base, serves again."""
        place = self.before.index(number) + 1 if number in self.before else len(self.before)
        return replace(self, number=number, before=self.before[place:])

    @property
    def in_use(self) -> frozenset[int]:
        """The versions that serve, or may again."""
        return frozenset((self.number, *self.before, *self.adopted))


def read_record(folder: Path) -> VersionRecord | None:
    """What `current` in the folder says; None: there is none, so the base serves.

    Raises:
        BundleError: it cannot be read.
    """
    path = folder / CURRENT_FILE
    try:
        raw = object_of(path.read_bytes())
        record: VersionRecord = value_of(VersionRecord, raw, "current")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}") from error
    except CodecError as error:
        raise BundleError(
            f"{path} is damaged, so it is not known which version serves",
            hint="say it anew with: gallery-daemon model use NAME",
        ) from error
    return record


def write_record(folder: Path, record: VersionRecord) -> None:
    """`current` in the folder says this from now on.

    Raises:
        OSError: it cannot be written; it says what it said.
    """
    part = folder / f"{MADE}{CURRENT_FILE}"
    part.unlink(missing_ok=True)
    write_synced(part, f"{json.dumps(asdict(record))}\n".encode("ascii"))
    part.replace(folder / CURRENT_FILE)
    sync_folder(folder)


def write_synced(path: Path, content: bytes) -> None:
    """A new file has the content, also after a power cut.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in the folder are as they are, also after a power cut.

    Raises:
        OSError: they cannot be synced.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Within, nobody else is; the kernel lets go of a process that was killed.

    Raises:
        GalleryError: somebody is; or the folder cannot be written.
    """
    with written(folder):
        lock = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise GalleryError(
                "another `learn` is at work for this library", hint="try again when it has ended"
            ) from error
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def written(folder: Path) -> Iterator[None]:
    """What cannot be written within is an error for people.

    Raises:
        GalleryError: it could not be written.
    """
    try:
        yield
    except OSError as error:
        raise GalleryError(
            f"no version can be written to {folder}: {(error.strerror or str(error)).lower()}",
            hint="see that the folder can be written and its disk has space; all is as it was",
        ) from error
