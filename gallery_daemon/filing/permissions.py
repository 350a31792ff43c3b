"""Whose fault is a refusal? What can be asked beforehand of who may do what with a file.

A rename touches two folders and the file itself, and the system says only that it refuses. Asked
here is the side of the photo: may it be taken out of its folder, may another name be made for it?
A plan asks the same questions, so that it says what the act will say.
"""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import sys
from functools import cache
from pathlib import Path

# Source: linux/fs.h, ioctl_iflags(2). The call takes a long and writes an int.
_GET_FLAGS = 0x80086601
_IMMUTABLE, _APPEND_ONLY = 0x10, 0x20
# Source: linux/capability.h.
_CAP_FOWNER = 3
_PROTECTED = Path("/proc/sys/fs/protected_hardlinks")
_STATUS = Path("/proc/self/status")
_DENIED = "no permission to take the photo out of its folder"


def why_it_stays(folder: str, name: str) -> str | None:
    """Why this user cannot take the file out of its folder; None: nothing speaks against it."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return _DENIED
    path = f"{folder}/{name}"
    here, file = Path(folder).stat(), Path(path).lstat()
    is_sticky = here.st_mode & stat.S_ISVTX
    if is_sticky and os.geteuid() not in {here.st_uid, file.st_uid} and not _has(_CAP_FOWNER):
        # Source: inode(7), the sticky bit.
        return f"{_DENIED}: it is sticky, so only the photo's owner may"
    if _is_protected(folder):
        return f"{_DENIED}: it is protected (chattr)"
    if stat.S_ISREG(file.st_mode) and _is_protected(path):
        return f"{_DENIED}: the photo is protected (chattr)"
    return None


def may_be_linked(path: str, file: os.stat_result) -> bool:
    """Whether the kernel lets this user make a hard link to the file.

    Source: proc_sys_fs(5), protected_hardlinks; linux/fs/namei.c, may_linkat.
    """
    if not links_are_protected() or os.geteuid() == file.st_uid or _has(_CAP_FOWNER):
        return True
    mode = file.st_mode
    is_special = mode & stat.S_ISUID or mode & (stat.S_ISGID | stat.S_IXGRP) == (
        stat.S_ISGID | stat.S_IXGRP
    )
    return stat.S_ISREG(mode) and not is_special and os.access(path, os.R_OK | os.W_OK)


def links_are_protected() -> bool:
    """Whether the kernel refuses links to files that one may not write."""
    try:
        return _PROTECTED.read_text("utf-8").strip() != "0"
    except OSError:
        return False


def _is_protected(path: str) -> bool:
    """Whether chattr(1) has made it immutable, or a folder that only takes more."""
    answer = bytearray(struct.calcsize("l"))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.ioctl(descriptor, _GET_FLAGS, answer)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return bool(int.from_bytes(answer[:4], sys.byteorder) & (_IMMUTABLE | _APPEND_ONLY))


@cache
def _has(capability: int) -> bool:
    """Whether this process has the capability, as root has by default (capabilities(7))."""
    try:
        lines = _STATUS.read_text("utf-8").splitlines()
    except OSError:
        return os.geteuid() == 0
    effective = next(line.split()[1] for line in lines if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> capability & 1)
