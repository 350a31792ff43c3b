"""The watch folders: are they there, can they be read, how are they watched, how many are they."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.doctor.finding import bad, counted, odd, well
from gallery_daemon.intake.watch_mode import choose_mode, mount_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gallery_daemon.config.settings import WatchFolder
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.intake.watch_mode import ChosenMode

ABOUT = "watch folder"
_CLOCK = "clock"
# A few seconds' walk on a slow disk; what lies beyond is not looked at, and that is said.
_FILES_LIMIT = 200_000
# FAT keeps local time, and a camera's clock may be set to another zone.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch folder as it was found.

    `problem` is why it cannot be used. `folders` counts it and all below it, `files` all files; of
    these `ahead` are dated in the future, and `foreign` belong to others and cannot be written.
    `kind` is its file system, `mode` what it is watched by, `auto` what would be chosen for it.
    """

    name: str
    path: str
    mode: ChosenMode
    auto: ChosenMode
    poll_every_s: float
    kind: str | None = None
    problem: str | None = None
    unreadable: tuple[str, ...] = ()
    folders: int = 0
    files: int = 0
    ahead: int = 0
    foreign: int = 0
    is_cut: bool = False


def look_at_watched(folder: WatchFolder, mounts: str, now: datetime) -> Watched:
    """The folder and all below it; nothing is followed, opened or changed."""
    real = os.path.realpath(folder.path)
    mount = mount_of(real, mounts)
    mode = choose_mode(real, folder.mode, mounts)
    auto = choose_mode(real, WatchMode.AUTO, mounts)
    kind = mount.kind if mount else None
    seen = Watched(folder.name, folder.path, mode, auto, folder.poll_every_s, kind)
    walk = _Walk(now + _AHEAD)
    problem = _problem(Path(folder.path))
    if problem is None:
        walk.go(real, recursive=folder.recursive)
    return Watched(
        *(seen.name, seen.path, seen.mode, seen.auto, seen.poll_every_s, seen.kind, problem),
        unreadable=tuple(walk.unreadable),
        folders=walk.folders,
        files=walk.files,
        ahead=walk.ahead,
        foreign=walk.foreign,
        is_cut=walk.files >= _FILES_LIMIT,
    )


def judge_watched(seen: Watched) -> Iterator[Finding]:
    """One line for the folder, and one for each thing in it that is in the way."""
    title = f"{seen.name}: {seen.path}"
    if seen.problem is not None:
        advice = "make the folder, mount its disk, or mend watch: in the configuration"
        if "permission" in seen.problem:
            advice = f"let your user read it: chmod u+rx {seen.path}"
        yield bad(ABOUT, f"{title}: {seen.problem}", advice)
        return
    more = "at least " if seen.is_cut else ""
    holds = f"{more}{counted(seen.files, 'file')} in {counted(seen.folders, 'folder')}"
    way = f"{seen.kind or 'unknown file system'}, {seen.mode.mode} ({seen.mode.why}), {holds}"
    if seen.mode.mode is WatchMode.INOTIFY and seen.auto.mode is WatchMode.POLL:
        yield odd(ABOUT, f"{title}: {way}, but {seen.auto.why}", "say mode: auto")
    else:
        slow = f", a new photo waits up to {seen.poll_every_s:g} s"
        is_polled = seen.mode.mode is WatchMode.POLL
        yield well(ABOUT, f"{title}: {way}{slow if is_polled else ''}")
    for path in seen.unreadable[:3]:
        yield odd(ABOUT, f"{path} cannot be listed", "let your user read it, or ignore: it")
    if seen.ahead:
        many = counted(seen.ahead, "file is", "files are")
        advice = "the camera's clock was wrong: without EXIF such a date files them; touch them"
        yield odd(_CLOCK, f"{many} dated in the future in {seen.path}", advice)


def _problem(path: Path) -> str | None:
    if not os.path.lexists(path):
        return "it is not there"
    try:
        if not path.is_dir():
            return "it is not a folder"
        with os.scandir(path):
            return None
    except PermissionError:
        return "no permission to read it"
    except OSError as error:
        return error.strerror or "it cannot be read"


class _Walk:
    """Counts on the way through a folder."""

    def __init__(self, latest: datetime) -> None:
        self._latest_s = latest.timestamp()
        self._uid = os.getuid()
        self.unreadable: list[str] = []
        self.folders = self.files = self.ahead = self.foreign = 0

    def go(self, root: str, *, recursive: bool) -> None:
        """All below `root`, up to a limit."""
        walk = os.walk(root, onerror=lambda error: self.unreadable.append(str(error.filename)))
        for folder, below, names in walk:
            self.folders += 1
            if not recursive:
                below.clear()
            for name in names:
                self._count(f"{folder}/{name}")
            if self.files >= _FILES_LIMIT:
                return

    def _count(self, path: str) -> None:
        try:
            found = os.lstat(path)
        except OSError:
            return  # gone meanwhile
        self.files += 1
        self.ahead += found.st_mtime > self._latest_s
        is_others = found.st_uid != self._uid
        self.foreign += is_others and not os.access(path, os.R_OK | os.W_OK)
