"""File systems of other kinds, made in a file and mounted for a test; or the reason why not.

exFAT by FUSE has neither hard links nor links nor a rename that does not replace, and keeps neither
tags nor permissions; ext4 made without attributes keeps no tags; mergerfs puts folders on different
branches. All need root and the tool; who has neither skips.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SIZE_BYTES = 64 << 20


class CannotMountError(Exception):
    """Such a file system cannot be had here; the message is the reason."""


@contextmanager
def exfat_by_fuse(*, umask: str = "022") -> Iterator[Path]:
    """An empty exFAT, mounted by its FUSE program.

    Raises:
        CannotMountError: it cannot be had here.
    """
    with _image(["mkfs.exfat"], ["mount.exfat-fuse"]) as (folder, image):
        device = _run(["losetup", "--find", "--show", f"{image}"]).strip()
        try:
            _run(["mount.exfat-fuse", "-o", f"umask={umask}", device, f"{folder}"])
            try:
                yield folder
            finally:
                _unmount(folder)
        finally:
            _run(["losetup", "--detach", device])


@contextmanager
def ext4(*, options: str = "defaults", make: Sequence[str] = ("-b", "4096")) -> Iterator[Path]:
    """An empty ext4, with options of mount(8) and of mke2fs(8).

    Raises:
        CannotMountError: it cannot be had here.
    """
    with _image(["mkfs.ext4", "-q", *make], ["mount"]) as (folder, image):
        _run(["mount", "-o", f"loop,{options}", f"{image}", f"{folder}"])
        try:
            yield folder
        finally:
            _unmount(folder)


@contextmanager
def ramfs() -> Iterator[Path]:
    """A file system without attributes and lists, but with permissions.

    Raises:
        CannotMountError: it cannot be had here.
    """
    _need(["mount"])
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-ram-") as folder:
        _run(["mount", "-t", "ramfs", "none", folder])
        try:
            yield Path(folder).resolve()
        finally:
            _unmount(Path(folder))


@contextmanager
def mergerfs(branches: Sequence[Path], *, policy: str) -> Iterator[Path]:
    """A pool of the branches, which creates files by the policy.

    Raises:
        CannotMountError: it cannot be had here.
    """
    _need(["mergerfs"])
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-pool-") as folder:
        words = ":".join(map(str, branches))
        _run(["mergerfs", "-o", f"use_ino,category.create={policy}", words, folder])
        try:
            yield Path(folder)
        finally:
            _unmount(Path(folder))


@contextmanager
def _image(make: Sequence[str], tools: Sequence[str]) -> Iterator[tuple[Path, Path]]:
    """An empty folder to mount on, and a file with a file system in it."""
    _need([make[0], *tools])
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-disk-") as home:
        folder, image = Path(home, "disk").resolve(), Path(home, "image")
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(_SIZE_BYTES)
        _run([*make, f"{image}"])
        yield folder, image


def _need(tools: Sequence[str]) -> None:
    if os.geteuid() != 0:
        raise CannotMountError("only root may mount a file system")
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        raise CannotMountError(f"{missing[0]} is not installed")


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMountError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _unmount(folder: Path) -> None:
    # Lazily: a program that a failing test has left behind may still be in there.
    subprocess.run(["umount", "--lazy", f"{folder}"], check=True)
