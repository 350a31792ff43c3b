"""Recovery: what was cut short is finished or dropped, by what is on the disk.

An intent without an end means that the program died, or the disk refused, in the middle of an act.
The disk says where. If the file has one of the names that the act would have tried, the act was
done: a source that should be gone is removed, and the end is written. If not, no name was taken
yet: what the act left is removed and the intent is closed; the file is where it was. Every step may
itself be cut short and done again.
"""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError, JournalError, PhotoChanged
from gallery_daemon.filing.act import give_back, take_away, temporary_name, tombstone_name
from gallery_daemon.filing.preconditions import refuse_emptied
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
        name = _clear_up(disk, way, _open_ends(opened, disk, way))
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
    """The row with the ends of its act: a file that is filed anew moves within the library."""
    if row.state is not State.REFILING:
        return row
    assert row.undoes is not None
    before = journal.existing_row(row.undoes)
    return replace(row, root=before.library, relative=before.below_library, action=Action.MOVE)


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
    if name is None:
        return FilingRecovered(row.path, "it lies where it was")
    return FilingRecovered(row.path, f"it lies at {row.place(name)}")


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


def _clear_up(disk: Disk, row: Row, ends: _Ends) -> str | None:
    """Remove what the act left; the name that the file has at its destination, if it has one."""
    assert row.token is not None
    if ends.target is not None:
        with contextlib.suppress(FileNotFoundError):
            disk.unlink(ends.target, temporary_name(row.token))
    if ends.home is None:
        return _find(disk, row, None, ends.target)
    home, gone = ends.home, (ends.home[0], tombstone_name(row.token))
    if disk.identity(*gone) == row.identity:
        placed = _find(disk, row, gone, ends.target)
        _end_tombstone(disk, home, gone, placed)
        return placed
    placed = _find(disk, row, home, ends.target)
    if placed is None or not row.takes_source or not _still(disk, home, row):
        return placed
    if ends.target is not None and disk.is_one_name(home, (ends.target, placed)):
        # Both ends are one folder: this is its only name, and no undo has moved it.
        return None if row.state is State.UNDOING else placed
    reason = take_away(disk, home, row.identity, row.token)
    # A file that cannot be taken out of the library is not undone; one that cannot be taken out of
    # the watch folder is filed all the same.
    return None if reason and row.state is State.UNDOING else placed


def _end_tombstone(
    disk: Disk, home: tuple[int, str], gone: tuple[int, str], placed: str | None
) -> None:
    """Remove the source under its tombstone name if the file was placed, or give its name back."""
    if placed is not None:
        disk.unlink(*gone)
        disk.sync(gone[0])
    else:
        give_back(disk, gone, home)


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
    for name in islice(names_to_try(row.name), most):
        if disk.identity(target, name) is None:
            return None
        if _is_ours(disk, row, source, (target, name)):
            return name
    return None


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
        return True
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
