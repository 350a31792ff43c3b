"""Which watch mode a file system needs, from the text of a mount table."""

from __future__ import annotations

import errno
import tempfile
from typing import TYPE_CHECKING

import pytest
from watchdog.observers.inotify import InotifyObserver

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake import watch_mode
from gallery_daemon.intake.watch_mode import (
    choose_mode,
    mount_of,
    read_mountinfo,
    why_no_inotify,
    why_no_more_watches,
)

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nas rw - nfs4 nas:/photos rw
31 22 0:41 / /mnt/nas/local\\040disk rw - xfs /dev/sdb1 rw
32 22 0:42 / /home/a/cloud rw - fuse.rclone remote: rw
33 22 0:43 / /mnt/win rw - cifs //pc/share rw
34 22 0:44 / /mnt/twice rw - ext4 /dev/sdc1 rw
35 22 0:45 / /mnt/twice rw - nfs nas:/other rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "mode", "word"),
    [
        ("/home/a/Sync", WatchMode.INOTIFY, "ext4"),
        ("/mnt/nas/Camera", WatchMode.POLL, "NFS"),
        ("/mnt/nas", WatchMode.POLL, "NFS"),
        ("/mnt/nasty", WatchMode.INOTIFY, "ext4"),
        ("/mnt/nas/local disk/x", WatchMode.INOTIFY, "xfs"),
        ("/home/a/cloud/x", WatchMode.POLL, "FUSE"),
        ("/mnt/win/x", WatchMode.POLL, "SMB"),
        ("/mnt/twice", WatchMode.POLL, "NFS"),
    ],
)
def test_the_file_system_decides(path: str, mode: WatchMode, word: str) -> None:
    """The longest mount point wins, the last of equals; the reason names the file system."""
    chosen = choose_mode(path, WatchMode.AUTO, TABLE)

    assert mode is chosen.mode
    assert word in chosen.why


def test_a_person_s_word_counts_more() -> None:
    """A forced mode is taken whatever lies below."""
    assert WatchMode.POLL is choose_mode("/home", WatchMode.POLL, TABLE).mode
    assert WatchMode.INOTIFY is choose_mode("/mnt/nas", WatchMode.INOTIFY, TABLE).mode


def test_without_a_table_the_native_mode_is_tried() -> None:
    """No /proc is no reason to poll; this machine has a table that can be read."""
    assert WatchMode.INOTIFY is choose_mode("/home", WatchMode.AUTO, "").mode
    assert choose_mode("/", WatchMode.AUTO, read_mountinfo()).why


def test_a_mount_point_is_read_with_its_escapes() -> None:
    """The kernel writes a space as \\040; a line that is none is passed over."""
    mount = mount_of("/mnt/nas/local disk", TABLE)

    assert mount is not None
    assert ("/mnt/nas/local disk", "xfs") == (mount.point, mount.kind)
    assert mount_of("/", "broken line\n") is None


def test_without_proc_there_is_no_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is raised: the native mode is tried then."""
    monkeypatch.setattr(watch_mode, "_MOUNTS", tmp_path / "none")

    assert "" == read_mountinfo()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no inotify watches are left"),
        (errno.EMFILE, "no inotify instances are left"),
        (errno.EACCES, "inotify failed: why"),
    ],
)
def test_a_refusal_of_the_kernel_is_told_with_its_remedy(code: int, words: str) -> None:
    """The two limits have a sysctl that raises them; anything else is told as it is."""
    sentence = why_no_inotify(OSError(code, "why"))

    assert sentence.startswith(words)
    assert (code != errno.EACCES) == ("fs.inotify." in sentence)


def test_one_more_watch_is_asked_for_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel says of it is the answer; nothing is concluded where none can be made."""
    refusal = OSError(errno.ENOSPC, "full")

    class Refusing(InotifyObserver):
        def start(self) -> None:
            raise refusal

    with monkeypatch.context() as patched:
        patched.setattr(watch_mode, "InotifyObserver", Refusing)
        assert refusal is why_no_more_watches()
        patched.setattr(tempfile, "tempdir", "/nowhere")
        assert why_no_more_watches() is None
