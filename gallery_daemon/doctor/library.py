"""Where photos go: the library, hard links into it, free space, and the journal.

A hard link needs one device and one mount (link(2): EXDEV), a file system that has links, and a
file that its maker may write (proc_sys_fs(5), protected_hardlinks). What the library's file system
lacks besides is said, too. All of that can be read, so nothing is tried: a file made in a synced
folder would appear on the phone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.daemon.status import in_trouble
from gallery_daemon.decision import Action
from gallery_daemon.doctor.finding import counted, fail, ok, warn
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.file_systems import Capabilities, capabilities_at
from gallery_daemon.filing.library_state import nearest_folder
from gallery_daemon.intake.watch_mode import mount_of
from gallery_daemon.journal.database import Database
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.config.settings import Config
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.filing.library_state import LibraryState


_LIBRARY = "library"


def judge_library(seen: LibraryState) -> Finding:
    """Whether it takes photos; one that was used and is missing is a disk that is not mounted."""
    if seen.trouble is not None:
        return fail(_LIBRARY, seen.trouble.what, seen.trouble.advice)
    if not seen.is_there:
        return ok(_LIBRARY, f"{seen.path} will be made when the daemon starts")
    return ok(_LIBRARY, f"{seen.path} can be written")


_LINKS = "hard links"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a folder is: its device, its mount point, and what its file system can do."""

    device: int
    mount: str | None
    can: Capabilities


def location_of(path: str, mounts: str) -> Location:
    """Where the folder is or, if it is not there yet, would be."""
    real = Path(os.path.realpath(path))
    folder = nearest_folder(real)
    mount = mount_of(str(folder), mounts)
    return Location(
        folder.stat().st_dev, mount.point if mount else None, capabilities_at(str(folder))
    )


def wants_links(config: Config) -> bool:
    """Whether any rule or outcome files by hard link."""
    return _does(config, Action.HARDLINK)


def _does(config: Config, action: Action) -> bool:
    rules = config.rules
    placings = (*(rule.placing for rule in rules.rules if rule.enabled), rules.uncertain)
    return any(
        placing is not None and placing.action is action
        for placing in (*placings, rules.otherwise, rules.failed)
    )


def judge_links(name: str, source: Location, library: Location, foreign: int) -> Finding:
    """`foreign` is how many files of the watch folder `name` this user may not write."""
    copies = "a photo is copied, and takes its space twice"
    if not library.can.has_links:
        advice = "put the library on a Linux file system, or say action: copy"
        return warn(_LINKS, f"{name}: {library.can.kind} has no hard links: {copies}", advice)
    if source.device != library.device or source.mount != library.mount:
        advice = "put the library on the disk of the watch folder, or say action: copy"
        return warn(_LINKS, f"{name}: the library lies on another disk or mount: {copies}", advice)
    if foreign:
        belong = counted(foreign, "file belongs", "files belong")
        what = f"{name}: {belong} to somebody else and cannot be written, so the kernel refuses"
        advice = "let your user own them, or let the sync tool run as your user"
        return warn(_LINKS, f"{what} links (fs.protected_hardlinks): {copies}", advice)
    return ok(_LINKS, f"{name}: the same disk and mount as the library (nothing was tried)")


_FILE_SYSTEM = "file system"
_READ_BY_OTHERS = 0o044


def moves_photos(config: Config) -> bool:
    """Whether any rule or outcome takes photos out of their folder."""
    return _does(config, Action.MOVE)


def judge_file_system(path: str, can: Capabilities, mode: int, *, moves: bool) -> Iterator[Finding]:
    """What the library's file system has not, and what is done instead.

    `mode` is that of all its files, where it keeps no permissions.
    """
    if not can.has_safe_renames:
        what = f"{path}: {can.kind} cannot rename a file without replacing another"
        instead = "a photo is made under its final name, and is not whole there at first"
        yield warn(_FILE_SYSTEM, f"{what}: {instead}", "it is safe, but slower: a move is a copy")
    if not can.keeps_attributes:
        what = f"{path}: {can.kind} keeps no tags, comments and access control lists of files"
        stays = ": a photo that has some is copied, and stays where it is" if moves else ""
        advice = "put the library on a Linux file system, if you use them"
        yield warn(_FILE_SYSTEM, f"{what}{stays}", advice)
    if not can.keeps_rights and mode & _READ_BY_OTHERS:
        what = f"{path}: {can.kind} keeps no permissions: others may read every photo there"
        advice = "mount it with umask=077, if nobody else shall; undo gives a photo its own again"
        yield warn(_FILE_SYSTEM, f"{what}, a private one too", advice)


_SPACE = "space"
_MB, _GB = 1_000_000, 1_000_000_000
# A single photo may not fit, nor the next page of the journal.
_NONE_BYTES = 50 * _MB
_LOW_BYTES, _LOW_SHARE = _GB, 0.05
# A twentieth of a large disk is room for a thousand photos and more.
_PLENTY_BYTES = 10 * _GB


def look_at_space(path: Path) -> tuple[int, int]:
    """Free and total bytes where the folder is or would be."""
    usage = shutil.disk_usage(nearest_folder(path))
    return usage.free, usage.total


def judge_space(name: str, free_bytes: int, total_bytes: int) -> Finding:
    """Whether there is room for photos that are copied and for what the journal writes."""
    share = free_bytes / total_bytes if total_bytes else 0.0
    what = f"{name}: {size(free_bytes)} free of {size(total_bytes)} ({share:.0%})"
    if free_bytes < _NONE_BYTES:
        return fail(_SPACE, what, "make room: nothing can be filed")
    is_low = share < _LOW_SHARE and free_bytes < _PLENTY_BYTES
    if free_bytes < _LOW_BYTES or is_low:
        return warn(_SPACE, what, "make room before it is full: photos would wait then")
    return ok(_SPACE, what)


def size(count_bytes: int) -> str:
    """`12 MB`, `3.4 GB`."""
    if count_bytes >= _GB:
        return f"{count_bytes / _GB:.1f} GB"
    return f"{count_bytes / _MB:.1f} MB" if count_bytes < 10 * _MB else f"{count_bytes // _MB} MB"


_JOURNAL = "journal"
_BUSY_S = 10.0
_WRITABLE = "the daemon stops without it: mount the disk writable, or see who owns the folder"


@dataclass(frozen=True, slots=True)
class JournalState:
    """The journal as it was found; `libraries` are those of the configuration that it knows.

    `flaw` is what SQLite finds wrong with it. `begun` filings have not ended; `failed` and
    `quarantined` photos are still where they were.
    """

    path: str
    is_there: bool = False
    problem: str | None = None
    hint: str | None = None
    flaw: str | None = None
    size_bytes: int = 0
    begun: int = 0
    failed: int = 0
    quarantined: int = 0
    has_used_library: bool = False


def look_at_journal(path: Path, library: str | None) -> JournalState:
    """The journal, read from beginning to end; none is made where there is none."""
    seen = JournalState(str(path))
    refused = _why_read_only(path)
    if refused is not None:
        return replace(seen, is_there=path.exists(), problem=refused, hint=_WRITABLE)
    if not path.exists():
        return seen
    beside = (path, path.with_name(f"{path.name}-wal"))
    size_bytes = sum(each.stat().st_size for each in beside if each.exists())
    seen = replace(seen, is_there=True, size_bytes=size_bytes)
    try:
        flaw = _flaw(path)
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            return replace(
                seen,
                flaw=flaw,
                begun=len(journal.open_intents()),
                failed=len(in_trouble(journal, State.FAILED)),
                quarantined=len(in_trouble(journal, State.QUARANTINED)),
                has_used_library=library is not None and journal.has_used(library),
            )
    except GalleryError as error:
        return replace(seen, problem=error.sentence, hint=error.hint)


def judge_journal(seen: JournalState, *, is_running: bool) -> Iterator[Finding]:
    """Whether it is whole, and what in it needs a person."""
    if not seen.is_there and seen.problem is None:
        yield ok(_JOURNAL, f"{seen.path} is not there yet: nothing was filed")
        return
    if seen.problem is not None or seen.flaw is not None:
        what = seen.problem or f"{seen.path} is damaged: {seen.flaw}"
        advice = seen.hint or "stop the daemon and start it: it makes a new one of what is left"
        yield fail(_JOURNAL, what, advice)
        return
    yield ok(_JOURNAL, f"{seen.path} is whole, {size(seen.size_bytes)}")
    # While the daemon runs, an open intent is what it is doing at this moment.
    if seen.begun and not is_running:
        what = f"{counted(seen.begun, 'filing was', 'filings were')} cut short"
        yield warn(_JOURNAL, what, "start the daemon, or sort: it ends them")
    if seen.failed:
        what = f"{counted(seen.failed, 'photo')} could not be filed yet"
        yield warn(_JOURNAL, what, "gallery-daemon status says why")
    if seen.quarantined:
        what = f"{counted(seen.quarantined, 'file')} cannot be read as photos"
        yield warn(_JOURNAL, what, "gallery-daemon status names them; replace or remove them")


def _why_read_only(path: Path) -> str | None:
    """Why the daemon could not write the journal, which it does before it files anything.

    SQLite makes files beside it, and so do the locks of `journal.claims`.
    """
    ends = ("", "-wal", "-shm", "-owners")
    files = [path.with_name(path.name + end) for end in ends]
    for each in (nearest_folder(path.parent), *filter(Path.exists, files)):
        wanted = os.W_OK | os.X_OK if each.is_dir() else os.W_OK
        if not os.access(each, wanted):
            is_read_only = os.statvfs(each).f_flag & os.ST_RDONLY
            why = "its disk is read-only" if is_read_only else f"no permission to write {each}"
            return f"{path} cannot be written: {why}"
    return None


def _flaw(path: Path) -> str | None:
    """What SQLite finds wrong with the file, all of which it reads; None if it is whole."""
    with contextlib.closing(Database(path, read_only=True, busy_s=_BUSY_S)) as database:
        (first, *_) = database.rows("PRAGMA quick_check(1)")
    return None if first[0] == "ok" else str(first[0])
