"""One look at one file on the disk."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np
import pytest

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging import look as looking
from gallery_daemon.imaging.formats import HEAD_BYTES, sniff
from gallery_daemon.imaging.look import Look, look
from gallery_daemon.imaging.preview import bytes_for_preview
from gallery_daemon.photo import Identity, TakenFrom
from tests.imaging.camera import shot
from tests.imaging.pictures import drawn, drawn_as, grainy, identity_of, written

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import FileKind

WITH_PREVIEW = ("jpeg with preview", "heic with thumbnail")


@cache
def file_of(form: str) -> bytes:
    """A picture of that form."""
    if form == "jpeg with preview":
        return shot(grainy(drawn(2000, 1500)), drawn())
    if form == "heic with thumbnail":
        return written(drawn(1200, 900), "heic", thumbnails=[320])
    return drawn_as(form)


def looked(path: Path, identity: Identity | None = None, *, want_hash: bool = False) -> Look:
    """One look under the usual limits."""
    return look(
        os.fsdecode(path),
        identity or identity_of(path),
        max_bytes=Limits.photo_bytes,
        max_pixels=Limits.photo_pixels,
        want_hash=want_hash,
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG as WhatsApp names them."""
    path = tmp_path / "IMG-20170403-WA0001.jpg"
    path.write_bytes(written(drawn(), "jpeg"))
    return path


def test_a_look_gives_facts_and_pixels(photo: Path) -> None:
    """One look says what is known and shows the picture."""
    seen = looked(photo)

    assert (
        seen.facts.format, seen.facts.width, seen.facts.height, seen.facts.orientation,
    ) == ("jpeg", 320, 240, 1)  # fmt: skip
    assert TakenFrom.NAME is seen.facts.taken.origin
    assert hashlib.sha256(photo.read_bytes()).hexdigest() == seen.facts.content_hash
    assert (224, 224, 3) == seen.picture.shape


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    """A .MOV may be a HEIC."""
    path = tmp_path / "IMG_0001.MOV"
    path.write_bytes(written(drawn(), "heic"))

    assert "heic" == looked(path).facts.format


def test_a_name_that_is_no_utf8_is_looked_at(tmp_path: Path) -> None:
    """Names are bytes."""
    path = tmp_path / os.fsdecode(b"\xe9t\xe9\n20200130_101010.png")
    path.write_bytes(written(drawn(), "png"))

    assert 2020 == looked(path).facts.taken.when.year


@pytest.mark.parametrize("form", WITH_PREVIEW)
def test_a_preview_and_a_hash_go_together(tmp_path: Path, form: str) -> None:
    """Who wants the hash gets the same picture, of a file that is then read whole."""
    path = tmp_path / "x"
    path.write_bytes(file_of(form))

    alone, hashed = looked(path), looked(path, want_hash=True)

    assert np.array_equal(alone.picture, hashed.picture)
    assert hashlib.sha256(file_of(form)).hexdigest() == hashed.facts.content_hash
    assert alone.facts.content_hash is None
    assert replace(hashed.facts, content_hash=None) == alone.facts


@pytest.mark.parametrize("form", WITH_PREVIEW)
def test_a_preview_does_not_hide_a_missing_end(tmp_path: Path, form: str) -> None:
    """Of a cut file as much as the preview needs is there, and it is refused."""
    path, whole = tmp_path / "x", file_of(form)
    path.write_bytes(whole[: len(whole) - 1000])

    with pytest.raises(BadPhoto, match="data end early"):
        looked(path)


@pytest.mark.parametrize("form", WITH_PREVIEW)
def test_a_file_that_changes_while_its_preview_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Its bytes are those of one file, or nothing is said of it."""
    path = tmp_path / "x"
    path.write_bytes(file_of(form))
    settled = identity_of(path)

    def read_and_write(file: BinaryIO, kind: FileKind) -> bytes | None:
        part = bytes_for_preview(file, kind)
        assert part
        path.write_bytes(file_of(form))  # as if nothing were, but for its time
        return part

    monkeypatch.setattr(looking, "bytes_for_preview", read_and_write)

    with pytest.raises(PhotoChanged):
        looked(path, settled)


@pytest.mark.parametrize("field", ["device", "inode", "size_bytes", "mtime_ns"])
def test_another_file_is_refused(photo: Path, field: str) -> None:
    """Any difference of identity means another file."""
    settled = identity_of(photo)

    with pytest.raises(PhotoChanged):
        looked(photo, replace(settled, **{field: getattr(settled, field) + 1}))


def test_a_file_that_changes_while_it_is_read_is_refused(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes between the first byte and the last."""

    def sniff_and_write(file: BinaryIO) -> FileKind:
        with photo.open("ab") as writer:
            writer.write(b"more")
        return sniff(file)

    settled = identity_of(photo)
    monkeypatch.setattr(looking, "sniff", sniff_and_write)

    with pytest.raises(PhotoChanged):
        looked(photo, settled)


def test_a_file_that_is_too_large_is_refused(photo: Path) -> None:
    """The limit of bytes holds before anything is decoded."""
    with pytest.raises(BadPhoto, match="limit"):
        look(
            str(photo),
            identity_of(photo),
            max_bytes=100,
            max_pixels=Limits.photo_pixels,
            want_hash=False,
        )


def test_a_large_film_is_no_photo_rather_than_too_large(tmp_path: Path) -> None:
    """What it is says more than how much, and is known after a few bytes."""
    path = tmp_path / "VID_0001.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + bytes(1000))

    with pytest.raises(NotAPhoto, match="a video"):
        look(str(path), identity_of(path), max_bytes=100, max_pixels=1, want_hash=False)


def test_links_are_not_followed(photo: Path) -> None:
    """A link in the watch folder could lead anywhere."""
    link = photo.with_name("link.jpg")
    link.symlink_to(photo)

    with pytest.raises(NotAPhoto, match="symbolic link"):
        looked(link, identity_of(photo))


def test_folders_fifos_sockets_and_devices_are_no_photos(tmp_path: Path) -> None:
    """None of them is read, and a FIFO is not waited for."""
    folder, fifo, listening = (tmp_path / name for name in ("folder.jpg", "fifo.jpg", "s.jpg"))
    folder.mkdir()
    os.mkfifo(fifo)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(listening))

        for path in (folder, fifo, listening, Path("/dev/zero")):
            with pytest.raises(NotAPhoto):
                looked(path)


def test_an_empty_file_is_no_photo(tmp_path: Path) -> None:
    """There is nothing in it."""
    path = tmp_path / "x.jpg"
    path.touch()

    with pytest.raises(NotAPhoto, match="an empty file"):
        looked(path)


def test_a_vanished_file_is_an_os_error(photo: Path) -> None:
    """It is gone, not broken."""
    settled = identity_of(photo)
    photo.unlink()

    with pytest.raises(FileNotFoundError):
        looked(photo, settled)


class FailingDisk:
    """A file on a disk that gives the head and fails on the rest."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.fileno = file.seek, file.fileno

    def read(self, size: int = -1) -> bytes:
        """Only a head."""
        if not 0 <= size <= HEAD_BYTES:
            raise OSError(errno.EIO, "Input/output error")
        return self._file.read(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.parametrize("form", ["jpeg", "png", "heic", "avif", *WITH_PREVIEW])
def test_a_failing_disk_is_not_a_broken_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """An I/O error passes through as what it is."""
    path, opened = tmp_path / "x", looking._opened
    path.write_bytes(file_of(form))
    monkeypatch.setattr(looking, "_opened", lambda path: FailingDisk(opened(path)))

    with pytest.raises(OSError, match="Input/output error"):
        looked(path)


def test_a_file_that_may_not_be_read_is_an_os_error(photo: Path) -> None:
    """Permission is the owner's matter, not the photo's."""
    photo.chmod(0)
    if os.access(photo, os.R_OK):
        pytest.skip("root may read anything")

    with pytest.raises(PermissionError):
        looked(photo)


def test_looking_leaves_nothing_open(photo: Path) -> None:
    """Ten looks, good and bad, use up no file descriptor."""
    broken = photo.with_name("broken.jpg")
    broken.write_bytes(photo.read_bytes()[:500])
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    for _ in range(10):
        looked(photo)
        with pytest.raises(BadPhoto):
            looked(broken)

    assert before == len(os.listdir("/proc/self/fd"))  # noqa: PTH208
