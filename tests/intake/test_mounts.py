"""Which watch mode a file system needs, from the text of a mount table."""

from __future__ import annotations

import pytest

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.mounts import choose_mode, read_mountinfo

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
