"""The effects on the disk, one by one: none replaces a file, none follows a link."""

from __future__ import annotations

import ctypes
import errno
import os
from threading import Event
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import PhotoChanged
from gallery_daemon.filing import disk as disks
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.reading import Interrupted
from gallery_daemon.photo import Identity
from tests.filing.conftest import make_files, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two files, a FIFO and a link."""
    root = tmp_path / "root"
    make_files(root, {"a.jpg": b"one", "b.jpg": b"another"})
    os.mkfifo(root / "fifo")
    (root / "link").symlink_to("a.jpg")
    return root


@pytest.fixture
def disk() -> Disk:
    """The disk, never interrupted."""
    return Disk()


@pytest.fixture
def folder(root: Path, disk: Disk) -> Iterator[int]:
    """The open folder."""
    with disk.folder(os.fspath(root), ()) as folder:
        yield folder


@pytest.fixture
def source(folder: int, root: Path, disk: Disk) -> Iterator[int]:
    """The open file a.jpg."""
    with disk.source(folder, "a.jpg", Identity.of((root / "a.jpg").stat())) as source:
        yield source


def test_folders_are_made_only_where_that_is_wanted(root: Path, disk: Disk) -> None:
    """And a link among them is an error, though it leads to a folder."""
    with pytest.raises(FileNotFoundError), disk.folder(os.fspath(root), ("new",)):
        pass
    with disk.folder(os.fspath(root), ("new", "er"), make=True) as made:
        assert disk.is_empty(made)
    (root / "folder link").symlink_to("new")

    with (
        pytest.raises(OSError, match=r"Not a directory|symbolic link"),
        disk.folder(os.fspath(root), ("folder link",), make=True),
    ):
        pass


@pytest.mark.parametrize("taken", ["b.jpg", "fifo", "link"])
def test_no_effect_replaces_what_has_the_name(
    root: Path, disk: Disk, folder: int, source: int, taken: str
) -> None:
    """Neither a link, nor a rename, nor a copy; whatever has the name."""
    before = {path.name: path.lstat().st_ino for path in root.iterdir()}
    identity = Identity.of((root / "a.jpg").stat())

    with pytest.raises(FileExistsError):
        disk.link(source, folder, taken)
    with pytest.raises(FileExistsError):
        disk.symlink("a.jpg", folder, taken)
    with pytest.raises(FileExistsError):
        disk.rename((folder, "a.jpg"), (folder, taken))
    with pytest.raises(FileExistsError):
        disk.copy(source, folder, taken, identity)

    assert before == {path.name: path.lstat().st_ino for path in root.iterdir()}


def test_a_file_system_without_the_flag_does_not_replace_either(
    root: Path, disk: Disk, folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a link takes the name or fails, and only then the old one goes."""

    class OldKernel:
        def renameat2(self, *_: object) -> int:
            ctypes.set_errno(errno.EINVAL)
            return -1

    monkeypatch.setattr(disks, "_libc", OldKernel())
    with pytest.raises(FileExistsError):
        disk.rename((folder, "a.jpg"), (folder, "b.jpg"))
    disk.rename((folder, "a.jpg"), (folder, "c.jpg"))

    (root / "fifo").unlink()
    (root / "link").unlink()
    assert {"b.jpg": b"another", "c.jpg": b"one"} == read_files(root)


@pytest.mark.parametrize(
    ("syncfs", "calls"),
    [(0, ["syncfs"]), (errno.ENOSYS, ["syncfs", "sync"]), (errno.EIO, ["syncfs"])],
)
def test_where_a_folder_cannot_be_synced_its_whole_disk_is(
    disk: Disk, folder: int, monkeypatch: pytest.MonkeyPatch, syncfs: int, calls: list[str]
) -> None:
    """Before a source is removed the name of its copy must be there; an error of it is told."""
    done = []

    class Library:
        def syncfs(self, _folder: int) -> int:
            done.append("syncfs")
            ctypes.set_errno(syncfs)
            return -1 if syncfs else 0

    monkeypatch.setattr(disks, "_libc", Library())
    monkeypatch.setattr(os, "fsync", _refused)
    monkeypatch.setattr(os, "sync", lambda: done.append("sync"))

    if syncfs == errno.EIO:
        with pytest.raises(OSError, match=r"Input/output error"):
            disk.sync(folder)
    else:
        disk.sync(folder)

    assert calls == done


def _refused(_folder: int) -> None:
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def test_the_kernel_syncs_a_disk_whose_folders_it_does_not(disk: Disk) -> None:
    """The real call, on a file system that refuses to sync a folder."""
    with disk.folder("/proc/self", ()) as folder:
        with pytest.raises(OSError, match="Invalid argument"):
            os.fsync(folder)

        disk.sync(folder)


def test_a_file_that_is_not_the_classified_one_is_not_opened(
    root: Path, disk: Disk, folder: int
) -> None:
    """Another file, a link in its place, or a FIFO, which is not waited for."""
    was = Identity.of((root / "a.jpg").stat())

    for name, words in (("b.jpg", "changed"), ("link", "replaced by a link"), ("fifo", "changed")):
        with pytest.raises(PhotoChanged, match=words), disk.source(folder, name, was):
            pass


def test_a_copy_has_bytes_and_mtime_and_gives_no_rights_away(
    root: Path, disk: Disk, folder: int
) -> None:
    """Permissions to run it or to act as its owner are not copied."""
    os.utime(root / "a.jpg", ns=(5, 1_600_000_000_123_456_789))
    (root / "a.jpg").chmod(0o4755)
    identity = Identity.of((root / "a.jpg").stat())

    with disk.source(folder, "a.jpg", identity) as source:
        disk.copy(source, folder, "copy.jpg", identity)

    made = (root / "copy.jpg").stat()
    assert b"one" == (root / "copy.jpg").read_bytes()
    assert (1_600_000_000_123_456_789, 0o644) == (made.st_mtime_ns, made.st_mode & 0o7777)


def test_a_copy_stops_when_the_program_does(root: Path) -> None:
    """A film of gigabytes does not keep it waiting."""
    stop = Event()
    stop.set()
    disk, identity = Disk(stop), Identity.of((root / "a.jpg").stat())

    with (
        disk.folder(os.fspath(root), ()) as folder,
        disk.source(folder, "a.jpg", identity) as source,
        pytest.raises(Interrupted),
    ):
        disk.copy(source, folder, "copy.jpg", identity)


def test_bytes_are_compared_without_following_or_waiting(
    root: Path, disk: Disk, folder: int, source: int
) -> None:
    """What is gone, a link or a FIFO has none; a second name of the file has the same."""
    (root / "same.jpg").write_bytes(b"one")
    (root / "other.jpg").write_bytes(b"eno")
    (root / "name.jpg").hardlink_to(root / "a.jpg")

    names = ("same.jpg", "name.jpg", "other.jpg", "b.jpg", "gone.jpg", "link", "fifo")
    assert [True, True, False, False, False, False, False] == [
        disk.same_bytes(source, folder, name) for name in names
    ]


def test_a_name_is_looked_at_without_following(root: Path, disk: Disk, folder: int) -> None:
    """One that is too long cannot be there."""
    assert Identity.of((root / "a.jpg").stat()) == disk.identity(folder, "a.jpg")
    assert Identity.of((root / "link").lstat()) == disk.identity(folder, "link")
    assert disk.identity(folder, "gone.jpg") is None
    assert disk.identity(folder, "x" * 300) is None
    assert ("a.jpg", None, None) == tuple(
        disk.points_to(folder, name) for name in ("link", "a.jpg", "gone.jpg")
    )


def test_one_name_in_one_folder_is_known_however_it_is_reached(
    root: Path, tmp_path: Path, disk: Disk, folder: int
) -> None:
    """By a link to the root as well."""
    (tmp_path / "other way").symlink_to(root)

    with disk.folder(os.fspath(tmp_path / "other way"), ()) as other:
        assert disk.is_one_name((folder, "a.jpg"), (other, "a.jpg"))
        assert not disk.is_one_name((folder, "a.jpg"), (other, "b.jpg"))
