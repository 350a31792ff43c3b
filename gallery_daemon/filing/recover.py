"""Recovery: what a crash cut short is finished or forgotten, by what lies on the disk.

An intent without an end means: the program died somewhere between writing it down and writing down
the end. What lies on the disk says where. If the photo lies under one of the names that the act
would have tried, the act was done: a source that should be gone goes, and the end is written. If
not, nothing was taken yet: leftovers are removed and the intent is abandoned; the start-up scan
finds the photo where it was. Every step may itself be cut short and done again.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.filing.act import parting_name, take_away, temporary_name
from gallery_daemon.filing.plan import names_to_try
from gallery_daemon.filing.record import Row, State
from gallery_daemon.photo import Action

if TYPE_CHECKING:
    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.place import Disk


@dataclass(frozen=True, slots=True)
class Recovered:
    """One intent that was open, and what it came to."""

    path: str
    result: str


def recover(journal: Journal, disk: Disk) -> list[Recovered]:
    """No intent is open any more, but for those whose folders cannot be reached now."""
    found = [_recover(row, journal, disk) for row in journal.open_intents()]
    return [recovered for recovered in found if recovered is not None]


def _recover(row: Row, journal: Journal, disk: Disk) -> Recovered | None:
    try:
        with contextlib.ExitStack() as opened:
            *folders, name = row.relative.split("/")
            home = opened.enter_context(disk.folder(row.root, tuple(folders)))
            library = opened.enter_context(disk.folder(row.library, ()))
            os.fstat(library)
            target = _target(opened, disk, row)
            placed = None if target is None else _clear_up(disk, row, (home, name), target)
    except OSError:
        # An unmounted disk: the intent stays open, and is looked at again at the next start.
        return None
    if placed is None:
        journal.close_intent(
            row.id, State.ABANDONED, action=None, name=None, reason="the program was killed"
        )
        return Recovered(row.path, "it lies where it was and is filed anew")
    journal.close_intent(
        row.id, State.FILED, action=None, name=placed, reason="finished after a crash"
    )
    return Recovered(row.path, f"it is filed as {placed}")


def _target(opened: contextlib.ExitStack, disk: Disk, row: Row) -> int | None:
    """The destination's folder; None if the act did not come to making it."""
    try:
        return opened.enter_context(disk.folder(row.library, row.folder))
    except FileNotFoundError:
        return None


def _clear_up(disk: Disk, row: Row, home: tuple[int, str], target: int) -> str | None:
    """No leftovers of the act; the name under which the file lies in the library, if it does."""
    assert row.token is not None
    with contextlib.suppress(FileNotFoundError):
        disk.unlink(target, temporary_name(row.token))
    gone = parting_name(row.token)
    is_parting = disk.identity(home[0], gone) == row.identity
    placed = _find(disk, row, (home[0], gone) if is_parting else home, target)
    if is_parting:
        _end_parting(disk, home, gone, placed)
    elif placed is not None and row.action == Action.MOVE and _still(disk, home, row):
        take_away(disk, home, row.identity, row.token)
    return placed


def _end_parting(disk: Disk, home: tuple[int, str], gone: str, placed: str | None) -> None:
    """A source between its two names goes if its bytes are in the library, else it comes back."""
    if placed is not None:
        disk.unlink(home[0], gone)
        disk.sync(home[0])
    else:
        disk.rename((home[0], gone), home)


def _find(disk: Disk, row: Row, home: tuple[int, str], target: int) -> str | None:
    """The name among those the act would have tried that is this file."""
    assert row.name is not None
    for name in names_to_try(row.name):
        there = disk.identity(target, name)
        if there is None:
            return None
        if _is_ours(disk, row, home, target, name):
            return name
    return None


def _is_ours(disk: Disk, row: Row, home: tuple[int, str], target: int, name: str) -> bool:
    if row.action == Action.SYMLINK:
        return disk.points_to(target, name) == row.path
    there = disk.identity(target, name)
    if there is None:
        return False
    if (there.device, there.inode) == (row.identity.device, row.identity.inode):
        return True
    if (there.size_bytes, there.mtime_ns) != (row.identity.size_bytes, row.identity.mtime_ns):
        return False
    if not _still(disk, home, row):
        # A move between file systems whose source is gone: only a whole copy was ever named so.
        return row.action == Action.MOVE
    with disk.source(home[0], home[1], row.identity) as source:
        return disk.same_bytes(source, target, name)


def _still(disk: Disk, home: tuple[int, str], row: Row) -> bool:
    return disk.identity(home[0], home[1]) == row.identity
