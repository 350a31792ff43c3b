"""What a file is besides its bytes, and how a copy gets it: as `cp --preserve=all` does.

Carried are the times, the owner where this user may give it, the permissions with the POSIX access
control list, and the extended attributes that people and their programs set: tags, ratings and
comments of file managers lie there. What the kernel and the file system keep for themselves
(`security.*`, `trusted.*`, `system.*`) is theirs to make anew.

A copy never gives anybody more rights than the file gave. With an access control list the middle
digit of the mode is the list's mask and not the group's own permission, so where the list cannot be
set the mode is worked out from its entries; and where the group cannot be kept, another group gets
no more than everybody.

`shortfall` compares what lies there in the end. What a person set and the copy has not is reason
enough for a `move` to keep the source.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.record import Rights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RIGHTS: Final = 0o666
"""The permissions that are carried: nobody runs a photo."""
_READ_WRITE = 0o6
_READ_ALL = 0o044

ACL: Final = "system.posix_acl_access"
# Source: linux/posix_acl_xattr.h: a version, then tag, permissions and id of each entry.
_ACL_VERSION = struct.pack("<I", 2)
_ACL_ENTRY = struct.Struct("<HHI")
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20

# `user.` is everybody's; `osx.` is how Linux shows that of a Mac's disk (Finder's tags).
# Sources: xattr(7); linux/fs/hfsplus/xattr.c.
_CARRIED = ("user.", "osx.")
# Written by programs for themselves, without anybody asking, and made anew by them: Dropbox,
# Samba, netatalk, browsers and wget (where a file came from), cshatag, Beagle (xattr.conf(5)).
_OF_PROGRAMS = (
    "user.com.dropbox.", "user.dosattrib", "user.org.netatalk.", "user.com.apple.quarantine",
    "user.xdg.origin.", "user.xdg.referrer.", "user.mime_type", "user.charset", "user.shatag.",
    "user.beagle.",
)  # fmt: skip
# The file system, or its owner, says that it has no such thing, or no place for one so large.
# ENOSPC is ext4's word for that as well. Source: setxattr(2), fchmod(2), fchown(2).
_CANNOT_HOLD = frozenset({
    errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSPC,
    errno.EDQUOT, errno.E2BIG, errno.ERANGE, errno.ENODATA, errno.ENAMETOOLONG, errno.EOVERFLOW,
})  # fmt: skip
_NO_ATTRIBUTES = frozenset({errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EACCES})
# FAT's. A clock of a file system that is coarser would lose the date.
_COARSEST_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One line of an access control list; `number` is the user's or group's, of a named one."""

    tag: int
    rights: int
    number: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a file is besides its bytes; `acl` is empty where the mode says all."""

    mode: int
    owner: int
    group: int
    atime_ns: int
    mtime_ns: int
    acl: tuple[AclEntry, ...]
    extended: Mapping[str, bytes]

    @property
    def rights(self) -> Rights:
        """Who may do what with it, but for the list."""
        return Rights(self.mode, self.owner, self.group)

    def with_rights(self, rights: Rights | None) -> Attributes:
        """The same with these rights, which the file had before it lay on a disk without any.

        A disk that has lists has rights, too, and what it has is newer.
        """
        if rights is None or self.acl:
            return self
        return replace(self, mode=rights.mode, owner=rights.owner, group=rights.group)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What did not arrive with a copy.

    `lost` is what a person set, or what a photo without EXIF is dated by; `missing` nobody's.
    """

    lost: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.missing)

    def __str__(self) -> str:
        return f"{_listed((*self.lost, *self.missing))} cannot be kept there"


def read_attributes(file: int | str) -> Attributes:
    """The attributes of an open file, or of the one at a path.

    Raises:
        OSError: they cannot be read.
    """
    found = os.fstat(file) if isinstance(file, int) else Path(file).lstat()
    acl, mode = _read_acl(file), found.st_mode & RIGHTS
    return Attributes(
        mode=mode if not acl else mode_without(acl),
        owner=found.st_uid,
        group=found.st_gid,
        atime_ns=found.st_atime_ns,
        mtime_ns=found.st_mtime_ns,
        acl=acl,
        extended=dict(_read_extended(file)),
    )


def give(target: int, source: Attributes) -> None:
    """The open file, which only its owner may use so far, has all of it that it can have.

    The order matters: `user.*` needs a file that may be written, and a new owner or group must be
    there before it gets rights.

    Raises:
        OSError: writing failed, other than for want of a place for it.
    """
    _drop_inherited(target)
    for name, value in source.extended.items():
        with _as_far_as_possible():
            os.setxattr(target, name, value)
    is_kept = _give_owner(target, source)
    given = source if is_kept else without_group(source)
    if not _give_acl(target, given.acl):
        with _as_far_as_possible():
            os.fchmod(target, given.mode)
    with _as_far_as_possible():
        os.utime(target, ns=(source.atime_ns, source.mtime_ns))


def shortfall(source: Attributes, copy: Attributes) -> Shortfall:
    """What of the source the copy has not."""
    lost = [
        name
        for name, value in sorted(source.extended.items())
        if copy.extended.get(name) != value and not _is_of_programs(name)
    ]
    missing = [
        name
        for name, value in sorted(source.extended.items())
        if copy.extended.get(name) != value and _is_of_programs(name)
    ]
    expected = source if copy.group == source.group else without_group(source)
    if expected.acl and copy.acl != expected.acl:
        lost.append("the access control list")
    if abs(source.mtime_ns - copy.mtime_ns) >= _COARSEST_NS:
        lost.append("the date of the file")
    is_wider = copy.mode & ~expected.mode or (copy.acl and not expected.acl)
    if is_wider or (copy.mode != expected.mode and not expected.acl):
        others = ", so others may read it" if copy.mode & ~expected.mode & _READ_ALL else ""
        missing.append(f"the permissions ({expected.mode:03o}, {copy.mode:03o} there{others})")
    return Shortfall(tuple(lost), tuple(missing))


def lacks(has: Attributes, other: Attributes) -> tuple[str, ...]:
    """What a person set on the first file that the second, of the same bytes, has not."""
    names = [
        name
        for name, value in sorted(has.extended.items())
        if other.extended.get(name) != value and not _is_of_programs(name)
    ]
    if has.acl and has.acl != other.acl:
        names.append("the access control list")
    return tuple(names)


def without_group(source: Attributes) -> Attributes:
    """The same for a file of another group, whose members were anybody until now."""
    others = source.mode & _READ_WRITE
    mode = source.mode & ~0o070 | (source.mode & others << 3)
    entries = tuple(
        AclEntry(each.tag, each.rights & others, each.number) if each.tag == GROUP_OBJ else each
        for each in source.acl
    )
    return Attributes(
        mode_without(entries) if entries else mode,
        source.owner,
        source.group,
        source.atime_ns,
        source.mtime_ns,
        entries,
        source.extended,
    )


def parse_acl(value: bytes) -> tuple[AclEntry, ...]:
    """The entries of a list as the kernel gives it; none if it says no more than a mode does."""
    if value[:4] != _ACL_VERSION or (len(value) - 4) % _ACL_ENTRY.size:
        return ()
    entries = tuple(AclEntry(*each) for each in _ACL_ENTRY.iter_unpack(value[4:]))
    if not any(each.tag in {USER, GROUP, MASK} for each in entries):
        return ()
    return tuple(
        AclEntry(each.tag, each.rights & _READ_WRITE, each.number)
        if each.tag in {USER_OBJ, MASK, OTHER}
        else each
        for each in sorted(entries, key=lambda each: (each.tag, each.number))
    )


def format_acl(entries: tuple[AclEntry, ...]) -> bytes:
    """The list as the kernel takes it."""
    packed = (_ACL_ENTRY.pack(each.tag, each.rights, each.number) for each in entries)
    return _ACL_VERSION + b"".join(packed)


def mode_without(acl: tuple[AclEntry, ...]) -> int:
    """The permissions that give nobody more than the list does, where the list cannot be.

    A named user or group may have been given less than everybody, so everybody gets the least of
    all; and a named user may be a member of the group.
    """
    mask = next((each.rights for each in acl if each.tag == MASK), _READ_WRITE)
    rights = {each.tag: each.rights for each in acl if each.tag in {USER_OBJ, GROUP_OBJ, OTHER}}
    group, others = rights.get(GROUP_OBJ, 0) & mask, rights.get(OTHER, 0)
    for each in acl:
        if each.tag == USER:
            group &= each.rights & mask
        if each.tag in {USER, GROUP}:
            others &= each.rights & mask
    return (rights.get(USER_OBJ, 0) << 6 | group << 3 | others) & RIGHTS


def _read_acl(file: int | str) -> tuple[AclEntry, ...]:
    try:
        return parse_acl(os.getxattr(file, ACL))
    except OSError as error:
        if error.errno in _CANNOT_HOLD:
            return ()
        raise


def _read_extended(file: int | str) -> Iterator[tuple[str, bytes]]:
    try:
        names = os.listxattr(file)
    except OSError as error:
        if error.errno in _NO_ATTRIBUTES:
            return
        raise
    for name in names:
        if name.startswith(_CARRIED):
            try:
                yield name, os.getxattr(file, name)
            except OSError as error:
                # Taken away in this moment.
                if error.errno != errno.ENODATA:
                    raise


def _drop_inherited(target: int) -> None:
    """The list that the folder gives its new files would let in whom the photo did not."""
    with _as_far_as_possible():
        os.removexattr(target, ACL)


def _give_owner(target: int, source: Attributes) -> bool:
    """Whether the file's group is the source's: only root gives files away (chown(2))."""
    now = os.fstat(target)
    if (now.st_uid, now.st_gid) != (source.owner, source.group):
        with _as_far_as_possible():
            os.fchown(target, -1, source.group)
        with _as_far_as_possible():
            os.fchown(target, source.owner, -1)
    return os.fstat(target).st_gid == source.group


def _give_acl(target: int, entries: tuple[AclEntry, ...]) -> bool:
    """Whether the file has the list now, and so its mode, too."""
    if not entries:
        return False
    with _as_far_as_possible():
        os.setxattr(target, ACL, format_acl(entries))
    return _read_acl(target) == entries


@contextlib.contextmanager
def _as_far_as_possible() -> Iterator[None]:
    """What the file system has no place for is left out; `shortfall` finds that."""
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT_HOLD:
            raise


def _is_of_programs(name: str) -> bool:
    return name.lower().startswith(_OF_PROGRAMS)


def _listed(names: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
