"""How a folder can be watched: by inotify, or only by polling, and why.

inotify reports what this machine's kernel does. On a network share or a FUSE mount the other side's
writes give no events, so these are polled.

The kernel also limits the number of watches. watchdog raises when the root cannot be watched, but
passes over a folder below it in silence, because such a folder may be gone again by then. So after
a start, and whenever a folder has appeared, one more folder is watched for a moment: if the kernel
refuses that one, it may have refused others.
"""

from __future__ import annotations

import errno
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver

from gallery_daemon.config.settings import WatchMode

_JOIN_S = 1.0
_RAISE = "raise the sysctl fs.inotify."
_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")

# Sources: inotify(7), "Limitations and caveats"; the file systems' own documentation.
_REMOTE = {
    "nfs": "NFS", "nfs4": "NFS", "cifs": "SMB", "smb3": "SMB", "smbfs": "SMB", "afs": "AFS",
    "9p": "9P (a virtual machine's or WSL's share)", "virtiofs": "a virtual machine's share",
    "vboxsf": "VirtualBox's share", "vmhgfs": "VMware's share", "davfs": "WebDAV",
    "ceph": "Ceph", "glusterfs": "GlusterFS", "ncpfs": "NCP", "prl_fs": "Parallels' share",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount point and the type of the file system there."""

    point: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChosenMode:
    """Native or polling, and why."""

    mode: WatchMode
    why: str


def choose_mode(path: str, wanted: WatchMode, mountinfo: str) -> ChosenMode:
    """The mode for the folder `path` (absolute, links resolved).

    Args:
        path: the watch folder.
        wanted: the configured mode; only `auto` leaves a choice.
        mountinfo: the text of /proc/self/mountinfo; see proc_pid_mountinfo(5).
    """
    if wanted is not WatchMode.AUTO:
        return ChosenMode(wanted, "as configured")
    mount = mount_of(path, mountinfo)
    if mount is None:
        return ChosenMode(WatchMode.INOTIFY, "the file system is not known")
    kind = mount.kind
    if kind in _REMOTE:
        return ChosenMode(WatchMode.POLL, f"{_REMOTE[kind]} gives no events for others' writes")
    if kind == "fuse" or kind.startswith("fuse."):
        return ChosenMode(WatchMode.POLL, f"FUSE ({kind}) may give no events")
    return ChosenMode(WatchMode.INOTIFY, f"{kind} gives events")


def mount_of(path: str, mountinfo: str) -> Mount | None:
    """The mount that `path` is on: the longest mount point, and of two alike the last."""
    best = None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:  # noqa: PLR2004 - mount point is the fifth
            continue
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), fields[4])
        is_above = path == point or path.startswith(point.rstrip("/") + "/")
        if is_above and (best is None or len(point) >= len(best.point)):
            best = Mount(point, after.split(" ")[0])
    return best


def read_mountinfo() -> str:
    """This process's mount table; empty where there is no /proc."""
    try:
        return _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def why_no_more_watches() -> OSError | None:
    """Why the kernel would not watch another folder; None if it would, or cannot be asked."""
    try:
        with tempfile.TemporaryDirectory(prefix="gallery-daemon-") as folder:
            return _refusal(folder)
    except OSError:
        return None


def why_no_inotify(error: OSError) -> str:
    """The kernel's refusal as a sentence. Source: inotify_init(2), inotify_add_watch(2)."""
    if error.errno == errno.ENOSPC:
        return f"no inotify watches are left; {_RAISE}max_user_watches and reload"
    if error.errno == errno.EMFILE:
        return f"no inotify instances are left; {_RAISE}max_user_instances and reload"
    return f"inotify failed: {error.strerror}"


def _refusal(folder: str) -> OSError | None:
    observer = InotifyObserver()
    observer.schedule(FileSystemEventHandler(), folder)
    try:
        observer.start()
    except OSError as error:
        return error
    finally:
        observer.stop()
    observer.join(_JOIN_S)
    return None
