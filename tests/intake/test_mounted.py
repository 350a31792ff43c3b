"""A watch folder whose disk is unmounted is lost, although a folder is there; real file systems."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.mounted import MountGuard
from gallery_daemon.intake.watch import Watch
from gallery_daemon.logs.events import WatchLost, WatchStarted
from tests.faults.conftest import mounted

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("below", ["", "DCIM/100APPLE"])
def test_the_bare_mount_point_is_not_the_folder(tmp_path: Path, below: str) -> None:
    """The mount point itself or a folder on the disk, even if there is one like it beneath."""
    disk, folder = tmp_path / "disk", tmp_path / "disk" / below
    folder.mkdir(parents=True)
    guard = MountGuard()

    with mounted("tmpfs", "card", disk, "size=1m"):
        folder.mkdir(parents=True, exist_ok=True)
        assert guard.why_lost(os.fspath(folder)) is None
    assert f"no file system is mounted at {disk} any more" == guard.why_lost(os.fspath(folder))
    assert guard.why_lost(os.fspath(folder)) is not None
    with mounted("tmpfs", "another card", disk, "size=1m"):
        folder.mkdir(parents=True, exist_ok=True)
        assert guard.why_lost(os.fspath(folder)) is None


def test_a_bind_mount_and_a_mount_by_loop_are_as_good(tmp_path: Path) -> None:
    """Whatever the kind of the file system, and whatever lies beneath."""
    image, disk = tmp_path / "image", tmp_path / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(4 << 20)
    if subprocess.run(["mkfs.ext4", "-q", image], check=False, capture_output=True).returncode:
        pytest.skip("no mkfs.ext4")
    for kind, what, options in (("ext4", image, "loop"), ("none", tmp_path, "bind")):
        guard = MountGuard()
        with mounted(kind, os.fspath(what), disk, options):
            assert guard.why_lost(os.fspath(disk)) is None
        assert guard.why_lost(os.fspath(disk)) is not None


def test_a_disk_that_is_mounted_later_is_taken(tmp_path: Path) -> None:
    """The daemon may start before it; from then on it is the one that counts."""
    guard = MountGuard()
    assert guard.why_lost(os.fspath(tmp_path)) is None

    with mounted("tmpfs", "card", tmp_path, "size=1m"):
        assert guard.why_lost(os.fspath(tmp_path)) is None
    assert guard.why_lost(os.fspath(tmp_path)) is not None


def test_another_folder_in_its_place_is_taken(tmp_path: Path) -> None:
    """Made anew, or where a link points now, on this disk or another."""
    one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
    one.mkdir()
    other.mkdir()
    link.symlink_to(one)
    guard = MountGuard()
    for path in (one, link):
        assert guard.why_lost(os.fspath(path)) is None

    (tmp_path / "kept").mkdir()  # so that the inode is not given away again
    one.rename(tmp_path / "old")
    one.mkdir()
    link.unlink()
    link.symlink_to(other)

    assert guard.why_lost(os.fspath(one)) is None
    assert guard.why_lost(os.fspath(link)) is None
    with mounted("tmpfs", "card", other, "size=1m"):
        assert guard.why_lost(os.fspath(link)) is None
        link.unlink()
        link.symlink_to(one)
        assert guard.why_lost(os.fspath(link)) is None


def test_what_is_no_folder_is_lost(tmp_path: Path) -> None:
    """With the reason of the system, or a word of ours."""
    (tmp_path / "file").touch()
    guard = MountGuard()

    assert "No such file or directory" == guard.why_lost(os.fspath(tmp_path / "gone"))
    assert "not a folder" == guard.why_lost(os.fspath(tmp_path / "file"))


@pytest.mark.parametrize("mode", [WatchMode.INOTIFY, WatchMode.POLL])
def test_the_watch_says_so_once_and_starts_again(tmp_path: Path, mode: WatchMode) -> None:
    """Lost when it is unmounted, started when it is back; no restart on what lies beneath."""
    root = WatchRoot("phone", os.fspath(tmp_path))
    watch = Watch(root, mode=mode, poll_every_s=60, deliver=lambda _: None)
    try:
        with mounted("tmpfs", "card", tmp_path, "size=1m"):
            assert isinstance(watch.mend(), WatchStarted)
            assert watch.mend() is None
        lost = watch.mend()
        assert isinstance(lost, WatchLost)
        assert "no file system is mounted" in lost.reason
        assert not watch.is_up
        assert watch.mend() is None
        with mounted("tmpfs", "card", tmp_path, "size=1m"):
            assert isinstance(watch.mend(), WatchStarted)
    finally:
        watch.stop()
