"""What a file system cannot do, and why a hard link cannot be made: without trying anything.

An act finds out by the system's refusal. A plan and the doctor must know beforehand and may leave
no trace, so they ask the mount table, a pool's own answers, and for FAT the beginning of the disk.
What is not known is taken to be able to do all. The sentences are the same before and after.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from gallery_daemon.filing.permissions import may_be_linked

_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")
# systemd-udevd's notes on block devices, which everybody may read.
_UDEV = Path("/run/udev/data")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a file system of this `kind` can do.

    `has_safe_renames`: without replacing; `keeps_rights`: a file has the permissions that it is
    given, and not those of the mount.
    """

    kind: str
    has_links: bool = True
    has_symlinks: bool = True
    has_safe_renames: bool = True
    keeps_attributes: bool = True
    keeps_rights: bool = True


_NOTHING = {
    "has_links": False,
    "has_symlinks": False,
    "has_safe_renames": False,
    "keeps_attributes": False,
    "keeps_rights": False,
}
# By the kind in the mount table; `exFAT by FUSE` is our own word. Sources: linux/fs/fat, exfat and
# vboxsf (no link; which flags of a rename are refused); what the projects say of themselves.
_POOR = {
    "vfat": _NOTHING | {"has_safe_renames": True},
    "msdos": _NOTHING | {"has_safe_renames": True},
    "exfat": _NOTHING | {"has_safe_renames": True},
    "exFAT by FUSE": _NOTHING,
    "vboxsf": _NOTHING | {"has_symlinks": True},
    "fuse.rclone": _NOTHING,
    "fuse.s3fs": _NOTHING | {"has_symlinks": True, "keeps_attributes": True, "keeps_rights": True},
    "fuse.gcsfuse": _NOTHING | {"has_symlinks": True},
    "fuse.goofys": _NOTHING,
    "fuse.curlftpfs": _NOTHING,
    "fuse.gvfsd-fuse": _NOTHING,
    "fuse.jmtpfs": _NOTHING,
    "fuse.simple-mtpfs": _NOTHING,
    "fuse.go-mtpfs": _NOTHING,
}


@dataclass(frozen=True, slots=True)
class _Mount:
    number: str
    device: str
    kind: str
    source: str
    options: str


def capabilities_at(path: str) -> Capabilities:
    """What the file system can do that the path is on, or would be on."""
    mount = _mount_at(path)
    if mount is None:
        return Capabilities("unknown")
    kind = mount.kind
    if kind == "fuseblk" and _is_exfat(mount):
        kind = "exFAT by FUSE"
    if kind in _POOR:
        return Capabilities(kind, **_POOR[kind])
    return Capabilities(kind, keeps_attributes=_keeps_attributes(existing_above(path)))


def mode_of_all(folder: str) -> int:
    """The permissions that every file below the folder has, on a disk that keeps none.

    FUSE tells no mask; there a folder mostly has those of a file.
    """
    mount = _mount_at(folder)
    mask = re.search(r"\bfmask=([0-7]+)", mount.options) if mount is not None else None
    if mask is not None:
        return 0o777 & ~int(mask[1], 8)
    return stat.S_IMODE(Path(existing_above(folder)).stat().st_mode)


def existing_above(path: str) -> str:
    """The path, or the nearest one above it that is there."""
    while not os.path.lexists(path):
        path = path.rpartition("/")[0] or "/"
    return path


def refusal_of_link(path: str, folder: str) -> int | None:
    """The error that a hard link to the file, in that folder, would end in; None: it can be made.

    The folder need not be there yet. In the order in which the kernel asks (linux/fs/namei.c).
    """
    there = existing_above(folder)
    if is_far(path, there):
        return errno.EXDEV
    if not may_be_linked(path, os.lstat(path)) or not capabilities_at(there).has_links:
        return errno.EPERM
    return errno.EXDEV if _is_other_branch(path, there) else None


def why_no_link(code: int, path: str, folder: str) -> str:
    """The error of a hard link to the file, in that folder, as a sentence."""
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    if code == errno.EMLINK:
        return "it has as many hard links as its file system allows"
    if code == errno.EXDEV:
        if Path(path).stat().st_dev != Path(folder).stat().st_dev:
            return "the library lies on another disk"
        if is_far(path, folder):
            return "the library lies on another mount of the same disk"
        return "the library lies on another part of the same disk or pool"
    if code == errno.EPERM and not may_be_linked(path, Path(path).stat()):
        return (
            "the file belongs to somebody else and cannot be written, so the kernel refuses"
            " (fs.protected_hardlinks)"
        )
    return f"{_named(capabilities_at(folder).kind)} has no hard links"


def is_far(path: str, folder: str) -> bool:
    """Whether the file and the folder are on different disks, or different mounts of one."""
    if os.lstat(path).st_dev != Path(folder).stat().st_dev:
        return True
    one, other = _mount_at(path), _mount_at(folder)
    return one is not None and other is not None and one.number != other.number


def _named(kind: str) -> str:
    return "the file system" if kind == "unknown" else kind


def _mount_at(path: str) -> _Mount | None:
    """The mount that the path is on: the longest mount point, and of two alike the last."""
    try:
        text = _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    path = os.path.realpath(path)
    best, longest = None, -1
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        number, _, device, _, quoted = before.split(" ")[:5]
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), quoted).rstrip("/")
        if (path == point or path.startswith(f"{point}/")) and len(point) >= longest:
            kind, source, options = after.split(" ")[:3]
            best, longest = _Mount(number, device, kind, source, options), len(point)
    return best


def _is_exfat(mount: _Mount) -> bool:
    """FUSE tells of a block device only that it is one: exFAT and NTFS look alike."""
    with contextlib.suppress(OSError):
        notes = (_UDEV / f"b{mount.device}").read_text("utf-8", "replace")
        return "E:ID_FS_TYPE=exfat" in notes.splitlines()
    with contextlib.suppress(OSError), Path(mount.source).open("rb") as disk:
        # Source: Microsoft's specification of exFAT, "FileSystemName".
        return disk.read(11)[3:] == b"EXFAT   "
    return False


def _keeps_attributes(path: str) -> bool:
    """Whether there is a place for `user.*`: asked for one that nobody has."""
    try:
        os.getxattr(path, "user.gallery-daemon.none")
    except OSError as error:
        return error.errno not in {errno.ENOTSUP, errno.ENOSYS}
    return True


def _is_other_branch(path: str, folder: str) -> bool:
    """Whether a mergerfs pool keeps paths on their branch, and the folder is not on the file's.

    Source: mergerfs' manual, "path preservation" and "user.mergerfs.*".
    """
    try:
        branch = os.getxattr(path, "user.mergerfs.basepath")
        everywhere = os.getxattr(folder, "user.mergerfs.allpaths")
        control = f"{_mount_point(folder)}/.mergerfs"
        policy = os.getxattr(control, "user.mergerfs.category.create")
    except OSError:
        return False
    if not policy.startswith((b"ep", b"msp")):
        return False
    return not any(each.startswith(branch + b"/") for each in everywhere.split(b"\0"))


def _mount_point(path: str) -> str:
    path = os.path.realpath(path)
    while not os.path.ismount(path):
        path = path.rpartition("/")[0] or "/"
    return path
