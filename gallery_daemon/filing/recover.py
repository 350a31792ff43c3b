"""Recovery: what was cut short is finished or dropped, by what is on the disk.

An intent without an end means that the program died, or the disk refused, in the middle of an act.
The disk says where. If the file has one of the names that the act would have tried, the act was
done: a source that should be gone is removed, and the end is written. If not, no name was taken
yet: what the act left is removed and the intent is closed; the file is where it was. Every step may
itself be cut short and done again.

Where a copy was begun under its final name, the journal has that name, and the inode of what was
made there. What lies there is removed only if every byte of it is the source's, or was not written:
then nothing can be lost with it. And it must be ours: by its inode, or, where disks number files
anew, by the source's bytes in it. Otherwise, or if the source is gone, it stays, and the end says
so.
"""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError, JournalError, PhotoChanged
from gallery_daemon.filing.preconditions import refuse_emptied
from gallery_daemon.filing.removal import (
    give_back,
    probe_name,
    take_away,
    take_away_copied,
    temporary_name,
    tombstone_name,
    withdraw,
)
from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.journal.record import OPEN_STATES, Row, State
from gallery_daemon.logs.events import FilingRecovered

if TYPE_CHECKING:
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Identity


UNRESOLVED = (OSError, FilingError, PhotoChanged, JournalError)
"""After these the intent stays open: a disk that is away, a file that changes while compared."""

_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})


@dataclass(frozen=True, slots=True)
class _Ends:
    """The open folders of an act: the file's old one with its name, and the new one; None: gone."""

    home: tuple[int, str] | None
    target: int | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The name that the file has at its destination, if it has one; `half`: what is left there."""

    name: str | None
    half: str | None = None


def recover(journal: Journal, disk: Disk) -> list[FilingRecovered]:
    """The intents of programs that are gone are closed, unless a disk cannot be reached."""
    recovered = [_recover(row, journal, disk) for row in journal.open_intents()]
    return [each for each in recovered if each is not None]


def resolve(
    row: Row, journal: Journal, disk: Disk, reason: str, otherwise: State = State.ABANDONED
) -> str | None:
    """Close the intent for `reason`; the name that the file has at its destination, if it has one.

    `otherwise` is the state if nothing was done.

    Raises:
        UNRESOLVED: the outcome cannot be told now; the intent stays open.
    """
    with contextlib.ExitStack() as opened:
        refuse_emptied(journal, disk, row.library)
        way = _way_of(row, journal)
        outcome = _clear_up(disk, way, _open_ends(opened, disk, way))
    name = outcome.name
    if outcome.half is not None:
        reason = f"{reason}; {row.place(outcome.half)} may be half of it"
    if name is None and row.state is State.REFILING:
        # The filing before it still holds.
        journal.forget(row.id)
        return None
    done = State.UNDO if row.state is State.UNDOING else State.FILED
    journal.close_intent(row.id, done if name else otherwise, action=None, name=name, reason=reason)
    return name


def outcome_on_disk(
    number: int,
    journal: Journal,
    disk: Disk,
    error: FilingError | PhotoChanged,
    otherwise: State = State.ABANDONED,
) -> str:
    """The name that a file got by an act that failed; as after a crash, the disk decides.

    Raises:
        FilingError, PhotoChanged: `error`, because nothing was done or the outcome is unknown.
    """
    row = journal.existing_row(number)
    try:
        name = resolve(row, journal, disk, error.sentence, otherwise)
    except UNRESOLVED:
        raise error from None
    if name is None:
        raise error
    return name


def _way_of(row: Row, journal: Journal) -> Row:
    """The row with the ends of its act: a file that is filed anew moves within the library.

    Its rights are those that the source had, not those that the place which it leads to cannot
    keep.
    """
    if row.state is State.INTENT:
        return replace(row, rights=None)
    before = None if row.undoes is None else journal.row(row.undoes)
    way = replace(row, rights=None if before is None else before.rights)
    if row.state is not State.REFILING:
        return way
    assert before is not None
    return replace(way, root=before.library, relative=before.below_library, action=Action.MOVE)


def _recover(row: Row, journal: Journal, disk: Disk) -> FilingRecovered | None:
    with journal.take_over(row) as is_gone:
        # Asked again under the lock: another program may have recovered it meanwhile.
        now = journal.row(row.id) if is_gone else None
        if now is None or now.token != row.token or now.state not in OPEN_STATES:
            return None
        try:
            name = resolve(now, journal, disk, "finished after a crash")
        except UNRESOLVED:
            # An unmounted disk, say: tried again when the next photo fails, or at a start.
            return None
        ended = journal.row(row.id)
    if name is not None:
        return FilingRecovered(row.path, f"it lies at {row.place(name)}")
    half = (ended.reason or "").partition("; ")[2] if ended else ""
    return FilingRecovered(row.path, "it lies where it was" + (half and f"; {half}"))


def _open_ends(opened: contextlib.ExitStack, disk: Disk, row: Row) -> _Ends:
    """The folders of both ends; only their roots must exist."""
    for root in (row.root, row.library):
        with disk.folder(root, ()):
            pass
    home = _opened(opened, disk, row.root, row.candidate.folders)
    target = _opened(opened, disk, row.library, row.folder)
    return _Ends(None if home is None else (home, row.candidate.name), target)


def _opened(
    opened: contextlib.ExitStack, disk: Disk, root: str, parts: tuple[str, ...]
) -> int | None:
    """The folder; None if it is missing or no real folder, so nothing of ours is in it."""
    try:
        return opened.enter_context(disk.folder(root, parts))
    except OSError as error:
        if error.errno in _NO_FOLDER:
            return None
        raise


def _clear_up(disk: Disk, row: Row, ends: _Ends) -> _Outcome:
    """Remove what the act left; what has come of it."""
    assert row.token is not None
    if ends.target is not None:
        for hidden in (temporary_name(row.token), probe_name(row.token)):
            with contextlib.suppress(FileNotFoundError):
                disk.unlink(ends.target, hidden)
    if ends.home is None:
        half = _half(disk, row, None, ends.target)
        return _Outcome(_find(disk, row, None, ends.target), half)
    home, gone = ends.home, (ends.home[0], tombstone_name(row.token))
    tombstone = disk.identity(*gone)
    if tombstone is not None and tombstone == row.identity:
        half = _half(disk, row, gone, ends.target)
        placed = _find(disk, row, gone, ends.target)
        _end_tombstone(disk, home, gone, row, placed)
        return _Outcome(placed, half)
    if tombstone is not None:
        # A newer version, taken by mistake.
        give_back(disk, gone, home, row.token)
    half = _half(disk, row, home, ends.target)
    placed = _find(disk, row, home, ends.target)
    if placed is None or not row.takes_source or not _still(disk, home, row):
        return _Outcome(placed, half)
    assert ends.target is not None
    return _Outcome(_end_move(disk, row, home, (ends.target, placed)), half)


def _end_move(disk: Disk, row: Row, home: tuple[int, str], placed: tuple[int, str]) -> str | None:
    """Take the source away, which is filed; the name that the file has then."""
    assert row.token is not None
    if disk.is_one_name(home, placed):
        # Both ends are one folder: this is its only name, and no undo has moved it.
        return None if row.state is State.UNDOING else placed[1]
    if row.action == Action.SYMLINK or disk.points_to(*placed) is not None:
        reason = take_away(disk, home, row.identity, row.token)
    else:
        reason = take_away_copied(disk, home, row.identity, row.token, placed, rights=row.rights)
    if reason is None or row.state is not State.UNDOING:
        # One that cannot be taken out of the watch folder is filed all the same.
        return placed[1]
    # A file that cannot be taken out of the library is not undone, so its copy is one too many.
    there = disk.identity(*placed)
    if there is not None and there.inode == row.made_inode:
        withdraw(disk, placed, there, row.token)
    return None


def _half(disk: Disk, row: Row, source: tuple[int, str] | None, target: int | None) -> str | None:
    """Remove a copy that was cut short under its final name; that name, if it must stay."""
    assert row.token is not None
    if row.unfinished is None or target is None:
        return None
    place = (target, row.unfinished)
    there = disk.identity(*place)
    if there is None:
        return None
    if source is not None and _is_half(disk, row, source, place, there):
        withdraw(disk, place, there, row.token)
        return None
    return row.unfinished


def _is_half(
    disk: Disk, row: Row, source: tuple[int, str], place: tuple[int, str], there: Identity
) -> bool:
    """Whether it is our copy that was cut short, and nothing lies there that the source has not.

    The source's inode may be another by now.
    """
    found = disk.identity(*source)
    if found is None or not found.has_same_bytes_as(row.identity):
        return False
    target = disk.points_to(*source)
    if target is not None:
        return disk.points_to(*place) == target
    with disk.source(*source, found) as opened:
        if disk.points_to(*place) is not None:
            return False
        if row.begun_inode is None:
            # Cut between making the file and noting it, so ours is empty.
            return there.size_bytes == 0
        # A program of somebody else's may have made a file there since, whose bytes are to come.
        least = 0 if there.inode == row.begun_inode else 1
        part = disk.part_of(opened, *place)
        return part is not None and part >= least


def _end_tombstone(
    disk: Disk, home: tuple[int, str], gone: tuple[int, str], row: Row, placed: str | None
) -> None:
    """Remove the source under its tombstone name if the file was placed, or give its name back.

    Where the rename was a link, the kill may have come before the old name went.
    """
    assert row.token is not None
    if placed is None and not _still(disk, home, row):
        give_back(disk, gone, home, row.token)
        return
    disk.unlink(*gone)
    disk.sync(gone[0])
    if placed is not None and _still(disk, home, row):
        take_away(disk, home, row.identity, row.token)


def _find(disk: Disk, row: Row, source: tuple[int, str] | None, target: int | None) -> str | None:
    """The name, of those that the act would have tried, that is this file."""
    assert row.name is not None
    if row.state is State.UNDOING and row.action == Action.SYMLINK:
        # The undo of a link only removes it.
        return row.name
    if target is None:
        return None
    # An undo gives the file its old name or none.
    most = 1 if row.state is State.UNDOING else None
    taken: list[str] = []
    for name in islice(names_to_try(row.name), most):
        if disk.identity(target, name) is None:
            break
        if _is_ours(disk, row, source, (target, name)):
            return name
        taken.append(name)
    if row.made_inode is None or source is None or not _still(disk, source, row):
        return None
    # A copy was whole, and its inode is another now: FAT and FUSE number files anew.
    with disk.source(*source, row.identity) as opened:
        return next((name for name in taken if disk.same_bytes(opened, target, name)), None)


def _is_ours(disk: Disk, row: Row, source: tuple[int, str] | None, placed: tuple[int, str]) -> bool:
    """Whether it is the file that the act placed, and not one that only looks like it."""
    if row.action == Action.SYMLINK:
        return disk.points_to(*placed) == row.path
    there = disk.identity(*placed)
    if there is None:
        return False
    if (there.device, there.inode) == (row.identity.device, row.identity.inode):
        return True
    if (there.inode, there.size_bytes) == (row.made_inode, row.identity.size_bytes):
        # FAT and FUSE may have given the copy's number to another file since.
        if source is None or not _still(disk, source, row):
            return True
        with disk.source(*source, row.identity) as opened:
            return disk.same_bytes(opened, *placed)
    return row.state is State.UNDOING and _is_at_home(disk, row, source, placed, there)


def _is_at_home(
    disk: Disk, row: Row, source: tuple[int, str] | None, placed: tuple[int, str], there: Identity
) -> bool:
    """Whether the file that an undo would put back is there anyway, so its library name can go.

    `source` is that name; if it is gone already, the bytes were compared before it went.
    """
    if not there.has_same_bytes_as(row.identity):
        return False
    if source is None or not _still(disk, source, row):
        return True
    with disk.source(*source, row.identity) as opened:
        is_same = disk.same_bytes(opened, *placed)
    return is_same and disk.identity(*placed) == there


def _still(disk: Disk, source: tuple[int, str], row: Row) -> bool:
    return disk.identity(*source) == row.identity
