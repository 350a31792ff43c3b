"""A disk that can neither link nor rename without replacing, as FAT by FUSE is, anywhere."""

from __future__ import annotations

import errno
import os

from gallery_daemon.filing.disk import Disk, NoSafeRename


class BareDisk(Disk):
    """Only a plain rename is left, and that replaces."""

    def link(self, source: int, folder: int, name: str) -> None:
        """Refused, as FUSE does."""
        del source, folder, name
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def symlink(self, target: str, folder: int, name: str) -> None:
        """Refused, as FUSE does."""
        del target, folder, name
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Refused, whatever has the name."""
        if os.fstat(source[0]).st_dev != os.fstat(target[0]).st_dev:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        raise NoSafeRename(errno.EPERM, os.strerror(errno.EPERM))


class LinkingDisk(Disk):
    """A rename is a link and an unlink, as on NFS: a crash may come in between."""

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """The new name is taken by a link, then the old one goes."""
        ends = {"src_dir_fd": source[0], "dst_dir_fd": target[0]}
        os.link(source[1], target[1], **ends, follow_symlinks=False)
        self.unlink(*source)
