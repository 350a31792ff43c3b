"""Whether a hard link from a watch folder into the library can be made, or each photo is copied.

A link needs one device and one mount (link(2): EXDEV), a file system that has links, and a file
that its maker may write (proc_sys_fs(5), protected_hardlinks). All of that can be read, so nothing
is tried: a file made in a synced folder would appear on the phone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.doctor.finding import counted, odd, well
from gallery_daemon.doctor.library import nearest_folder
from gallery_daemon.intake.watch_mode import mount_of

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config
    from gallery_daemon.doctor.finding import Finding

ABOUT = "hard links"
_PROTECTED = Path("/proc/sys/fs/protected_hardlinks")
# Source: the kernel's documentation of the three: FAT has no place for a second name.
_WITHOUT = frozenset({"vfat", "msdos", "exfat"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder lies: its device, its mount point, its file system's type."""

    device: int
    mount: str | None
    kind: str | None


def place_of(path: str, mounts: str) -> Place:
    """Where the folder lies, or, if it is not there yet, would lie."""
    real = Path(os.path.realpath(path))
    folder = nearest_folder(real)
    mount = mount_of(str(folder), mounts)
    return Place(
        folder.stat().st_dev, mount.point if mount else None, mount.kind if mount else None
    )


def wants_links(config: Config) -> bool:
    """Whether any rule or outcome files by hard link."""
    rules = config.rules
    placings = (*(rule.placing for rule in rules.rules if rule.enabled), rules.uncertain)
    return any(
        placing is not None and placing.action is Action.HARDLINK
        for placing in (*placings, rules.otherwise, rules.failed)
    )


def links_are_protected() -> bool:
    """Whether the kernel refuses links to files that one may not write."""
    try:
        return _PROTECTED.read_text("ascii").strip() != "0"
    except OSError:
        return False


def judge_links(name: str, source: Place, library: Place, foreign: int) -> Finding:
    """`foreign` files of the watch folder `name` may not be written, and that counts."""
    copies = "a photo is copied, and takes its space twice"
    if library.kind in _WITHOUT:
        advice = "put the library on a Linux file system, or say action: copy"
        return odd(ABOUT, f"{name}: {library.kind} has no hard links: {copies}", advice)
    if source.device != library.device or source.mount != library.mount:
        advice = "put the library on the disk of the watch folder, or say action: copy"
        return odd(ABOUT, f"{name}: the library lies on another disk or mount: {copies}", advice)
    if foreign:
        belong = counted(foreign, "file belongs", "files belong")
        what = f"{name}: {belong} to somebody else and cannot be written, so the kernel refuses"
        advice = "let your user own them, or let the sync tool run as your user"
        return odd(ABOUT, f"{what} links (fs.protected_hardlinks): {copies}", advice)
    return well(ABOUT, f"{name}: the same disk and mount as the library (nothing was tried)")
