"""Where photos come from: the watch folders, the kernel's limits on watching, and sync tools.

Is each folder there, can it be read, how is it watched, how much is in it? inotify needs one watch
for each folder, those below included, and one instance for each watch folder; both limits are for
all programs of the user together, and where they do not suffice folders are polled and photos wait.
Source: inotify(7).
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.config.synced import sync_marker
from gallery_daemon.daemon.wiring import root_of
from gallery_daemon.doctor.finding import counted, fail, ok, warn
from gallery_daemon.filing.permissions import why_it_stays
from gallery_daemon.intake.watch_mode import choose_mode, mount_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from gallery_daemon.config.settings import WatchFolder
    from gallery_daemon.config.synced import SyncMarker
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.intake.watch_mode import ChosenMode
    from gallery_daemon.rules.analysis import RuleWarning


_WATCHED = "watch folder"
_CLOCK = "clock"
_SYNC = "sync tool"
# A few seconds' walk on a slow disk. The finding says that there is more.
_FILES_LIMIT = 200_000
# Folders, or reasons, that are named one by one.
_SHOWN = 5
# FAT keeps local time, and a camera's clock may be set to another zone.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch folder as it was found.

    `problem` is why it cannot be used. `folders` counts it and all below it, `files` all files; of
    these `ahead` are dated in the future, and `foreign` belong to others and cannot be written. Of
    `stuck` folders the first file cannot be taken out; `stuck_because` is why. What is passed over
    is not among them: `ignored` counts those files by the reason, and `skipped` has the folders
    that are passed over as a whole, but for hidden ones.
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
    stuck: int = 0
    stuck_because: str | None = None
    is_cut: bool = False
    ignored: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()


def look_at_watched(folder: WatchFolder, library: str, mounts: str, now: datetime) -> Watched:
    """The folder and all below it; nothing is followed, opened or changed."""
    real = os.path.realpath(folder.path)
    mount = mount_of(real, mounts)
    mode = choose_mode(real, folder.mode, mounts)
    auto = choose_mode(real, WatchMode.AUTO, mounts)
    kind = mount.kind if mount else None
    root = root_of(folder, library)
    own = tuple(map(os.path.realpath, root.skipped))
    walk = _Walk(replace(root, path=real, skipped=own), now + _AHEAD)
    problem = _problem(Path(folder.path))
    if problem is None:
        walk.go()
    return Watched(
        name=folder.name,
        path=folder.path,
        mode=mode,
        auto=auto,
        poll_every_s=folder.poll_every_s,
        kind=kind,
        problem=problem,
        unreadable=tuple(walk.unreadable),
        folders=walk.folders,
        files=walk.files,
        ahead=walk.ahead,
        foreign=walk.foreign,
        stuck=walk.stuck,
        stuck_because=walk.stuck_because,
        is_cut=walk.is_cut,
        ignored=walk.ignored,
        skipped=tuple(walk.skipped),
    )


def judge_watched(seen: Watched) -> Iterator[Finding]:
    """One line for the folder, and one for each problem in it."""
    title = f"{seen.name}: {seen.path}"
    if seen.problem is not None:
        advice = "make the folder, mount its disk, or mend watch: in the configuration"
        if "permission" in seen.problem:
            advice = f"let your user read it: chmod u+rx {seen.path}"
        yield fail(_WATCHED, f"{title}: {seen.problem}", advice)
        return
    more = "at least " if seen.is_cut else ""
    holds = f"{more}{counted(seen.files, 'file')} in {counted(seen.folders, 'folder')}"
    way = f"{seen.kind or 'unknown file system'}, {seen.mode.mode} ({seen.mode.why}), {holds}"
    if seen.mode.mode is WatchMode.INOTIFY and seen.auto.mode is WatchMode.POLL:
        yield warn(_WATCHED, f"{title}: {way}, but {seen.auto.why}", "say mode: auto")
    else:
        slow = f", a new photo waits up to {seen.poll_every_s:g} s"
        is_polled = seen.mode.mode is WatchMode.POLL
        yield ok(_WATCHED, f"{title}: {way}{slow if is_polled else ''}")
    yield from _passed_over(seen)
    for path in seen.unreadable[:3]:
        yield warn(_WATCHED, f"{path} cannot be listed", "let your user read it, or ignore: it")
    if seen.ahead:
        many = counted(seen.ahead, "file is", "files are")
        advice = "the camera's clock was wrong: without EXIF such a date files them; touch them"
        yield warn(_CLOCK, f"{many} dated in the future in {seen.path}", advice)


def judge_stuck(seen: Watched) -> Iterator[Finding]:
    """Whether the files of the folder can be moved, which a rule wants."""
    if seen.stuck:
        many = counted(seen.stuck, "folder")
        what = f"{seen.name}: photos in {many} cannot be moved: {seen.stuck_because}"
        yield warn(_WATCHED, what, "see who owns them and their folder, or say another action")


def _passed_over(seen: Watched) -> Iterator[Finding]:
    """What `run` does not look at, because of its name or the configuration."""
    for path, why in seen.skipped[:_SHOWN]:
        yield ok(_WATCHED, f"{path} is passed over with all that is in it: {why}")
    more = len(seen.skipped) - _SHOWN
    if more > 0:
        yield ok(_WATCHED, f"and {counted(more, 'more folder')} like that in {seen.path}")
    most = sorted(seen.ignored.items(), key=lambda each: (-each[1], each[0]))
    if most:
        reasons = "; ".join(f"{count}: {why}" for why, count in most[:_SHOWN])
        rest = "; ..." if len(most) > _SHOWN else ""
        many = counted(sum(seen.ignored.values()), "file is", "files are")
        yield ok(_WATCHED, f"{many} passed over in {seen.path} ({reasons}{rest})")


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
    """Counts what is in a folder and below, by the names that the daemon looks at."""

    def __init__(self, root: WatchRoot, latest: datetime) -> None:
        self._root, self._latest_s = root, latest.timestamp()
        self._uid = os.getuid()
        self.unreadable: list[str] = []
        self.folders = self.files = self.ahead = self.foreign = self.stuck = 0
        self.stuck_because: str | None = None
        self.ignored: Counter[str] = Counter()
        self.skipped: list[tuple[str, str]] = []

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was counted."""
        return self.files + self.ignored.total() >= _FILES_LIMIT

    def go(self) -> None:
        """All below the root, up to a limit."""
        top = self._root.path
        walk = os.walk(top, onerror=lambda error: self.unreadable.append(str(error.filename)))
        for folder, below, names in walk:
            self.folders += 1
            prefix = f"{folder.rstrip('/')}/"
            below[:] = [each for each in below if self._enters(prefix + each)]
            for name in names:
                self._count(prefix + name)
            if names:
                self._try_to_leave(folder, names[0])
            if self.is_cut:
                return

    def _try_to_leave(self, folder: str, name: str) -> None:
        """Whether the file could be moved; the others in its folder are much the same."""
        try:
            why = why_it_stays(folder, name)
        except OSError:
            return  # gone meanwhile
        if why is not None:
            self.stuck += 1
            self.stuck_because = self.stuck_because or why

    def _enters(self, path: str) -> bool:
        """Whether the daemon lists the folder; if not, that is noted."""
        relative = self._root.relative(path) or ""
        if not self._root.recursive or self._root.is_own(relative):
            return False
        why = self._root.why_not(relative)
        if why is not None and not path.rpartition("/")[2].startswith("."):
            self.skipped.append((path, why))
        return why is None

    def _count(self, path: str) -> None:
        why = self._root.why_not_file(self._root.relative(path) or "")
        if why is not None:
            self.ignored[why] += 1
            return
        try:
            found = os.lstat(path)
        except OSError:
            return  # gone meanwhile
        self.files += 1
        self.ahead += found.st_mtime > self._latest_s
        is_others = found.st_uid != self._uid
        self.foreign += is_others and not os.access(path, os.R_OK | os.W_OK)


def look_at_sync(folders: Iterable[str]) -> dict[str, SyncMarker | None]:
    """By watch folder, the mark that a sync tool has left in it or above it."""
    return {folder: sync_marker(folder) for folder in folders}


def judge_sync(
    markers: Mapping[str, SyncMarker | None], moving: tuple[RuleWarning, ...], file: str
) -> Iterator[Finding]:
    """`moving` are the rules of `file` that move out of a synced folder, which deletes there."""
    for each in moving:
        place = f"{file}:{each.line}: " if each.line else ""
        advice = "say action: hardlink, unless the phone is to be emptied"
        yield warn(_SYNC, f"{place}{each.sentence}", advice)
    if moving:
        return
    for folder, marker in markers.items():
        if marker is not None:
            name = os.path.basename(marker.path)  # noqa: PTH119 - a name, not a path
            keeps = f"{marker.tool} keeps {folder} in step ({name})"
            yield ok(_SYNC, f"{keeps}, and nothing is moved out of it")


_INOTIFY = "inotify"
_PROC = Path("/proc")
_LIMITS = Path("sys/fs/inotify")
# What is advised is never less. Source: the kernel's own default on a machine with 8 GB, and what
# editors that watch source trees ask for.
_ROOMY = {"max_user_watches": 524_288, "max_user_instances": 512}
# The kernel's default; what overflows a shorter queue is found by a listing, later.
_QUEUE = 16_384
# Above this share of a limit, a few more folders will reach it.
_NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class InotifyLimits:
    """The limits of this user, and how much of them other programs use."""

    max_user_watches: int
    max_user_instances: int
    max_queued_events: int
    used_watches: int = 0
    used_instances: int = 0


def look_at_inotify(without: frozenset[int], proc: Path = _PROC) -> InotifyLimits | None:
    """The limits, and what this user's processes but those in `without` use; None: not readable."""
    limits = proc / _LIMITS
    names = ("max_user_watches", "max_user_instances", "max_queued_events")
    try:
        read = [int((limits / name).read_text("ascii")) for name in names]
    except (OSError, ValueError):
        return None
    watches = instances = 0
    for process in proc.iterdir():
        if process.name.isdecimal() and int(process.name) not in without:
            for held in _instances_of(process):
                instances += 1
                watches += held
    return InotifyLimits(read[0], read[1], read[2], watches, instances)


def judge_inotify(limits: InotifyLimits | None, folders: int, roots: int) -> Iterator[Finding]:
    """Whether `folders` folders below `roots` watch folders can be watched by inotify."""
    if not roots:
        yield ok(_INOTIFY, "not needed: every watch folder is polled")
        return
    if limits is None:
        yield warn(_INOTIFY, "the kernel's limits cannot be read", "is /proc mounted?")
        return
    # One instance more: whether there is room for another watch is found out with one.
    wanted = (
        ("max_user_watches", limits.max_user_watches, limits.used_watches, folders),
        ("max_user_instances", limits.max_user_instances, limits.used_instances, roots + 1),
    )
    findings = [_judge_limit(*each) for each in wanted]
    troubles = [each for each in findings if each is not None]
    yield from troubles
    if limits.max_queued_events < _QUEUE:
        what = f"fs.inotify.max_queued_events is {limits.max_queued_events}, so many photos at once"
        advice = _raise("max_queued_events", _QUEUE)
        yield warn(_INOTIFY, f"{what} are noticed only by the next listing", advice)
    if not troubles:
        free = limits.max_user_watches - limits.used_watches
        yield ok(_INOTIFY, f"{counted(folders, 'folder')} to watch, room for {free}")


def _judge_limit(name: str, limit: int, used: int, wanted: int) -> Finding | None:
    if used + wanted <= limit * _NEARLY:
        return None
    what = f"{wanted} needed, {used} used by other programs, fs.inotify.{name} is {limit}"
    enough = max(_ROOMY[name], 1 << (2 * (used + wanted)).bit_length())
    if used + wanted > limit:
        return warn(_INOTIFY, f"{what}: too few, so folders are polled", _raise(name, enough))
    return warn(_INOTIFY, f"{what}: nearly used up", _raise(name, enough))


def _raise(name: str, value: int) -> str:
    line = f"fs.inotify.{name}={value}"
    return f"echo {line} | sudo tee -a /etc/sysctl.d/60-inotify.conf && sudo sysctl --system"


def _instances_of(process: Path) -> Iterator[int]:
    """The watches of each inotify instance of a process; nothing where it may not be read."""
    try:
        held = os.listdir(process / "fd")  # noqa: PTH208 - names are all that is needed
    except OSError:
        return
    for number in held:
        try:
            if os.readlink(process / "fd" / number) == "anon_inode:inotify":  # noqa: PTH115 - no path
                lines = (process / "fdinfo" / number).read_text("ascii").splitlines()
                yield sum(line.startswith("inotify ") for line in lines)
        except OSError:
            continue  # closed meanwhile
