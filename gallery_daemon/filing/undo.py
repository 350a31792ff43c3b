"""Undo: what was filed comes back to where it came from, through the journal like everything else.

An undo is an intent of its own, so a kill in its middle is cleared up by `recover`, and it can
itself be undone (`redo`). Where the photo's first name still has its bytes (a hard link, a copy),
the name in the library goes; where it was moved, it is moved back, if its old name is free. A photo
that the person has moved, edited or replaced since is theirs: it is told and not touched. An undone
file is known, so it is not filed again until it changes or the person says so.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError, JournalError, PhotoChanged
from gallery_daemon.filing import os_errors as trouble
from gallery_daemon.filing.act import Act, take_away
from gallery_daemon.filing.preconditions import filed_file, refuse_unmounted
from gallery_daemon.filing.steps import Step
from gallery_daemon.filing.recover import came_to
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Photo


@dataclass(frozen=True, slots=True)
class _Way:
    """The open ends of the way back of undo `number`: in the library, and where it was before."""

    number: int
    library: tuple[int, str]
    home: tuple[int, str]


class Undoer:
    """Takes filings back, one file at a time."""

    def __init__(self, journal: Journal, disk: Disk) -> None:
        self._journal, self._disk = journal, disk

    def undo(self, row: Row, when: datetime, parent: int | None = None) -> Row:
        """The filed file lies where it came from, and not in the library; the undo's own row.

        `parent` is the row of the undo of the photo that a sidecar belongs to.

        Raises:
            FilingError: what lies in the library is not what was filed, or the way back is barred;
                nothing was touched.
            JournalError: the journal cannot be used now.
        """
        assert row.state is State.FILED
        assert row.name is not None
        filed = filed_file(self._journal, self._disk, row, when)
        with trouble.at_library(row.root, ()):
            refuse_unmounted(self._disk, row.root, row)
        home, token = row.candidate, secrets.token_hex(8)
        action = Action.SYMLINK if row.action == Action.SYMLINK else Action.MOVE
        intent = Intent(action, home.folders, home.name, token, parent, undoes=row.id)
        entry = JournalEntry(filed, State.UNDOING, intent=intent)
        number = self._journal.record(entry, row.root, when)
        try:
            self._go_back(number, row, filed, token)
        except (FilingError, PhotoChanged) as error:
            came_to(number, self._journal, self._disk, error)
        else:
            self._journal.close_intent(number, State.UNDO, action=None, name=home.name, reason=None)
        self._know_again(row)
        return self._journal.existing_row(number)

    def _know_again(self, row: Row) -> None:
        """The journal knows the file by the inode that it has now, so also under another name."""
        with (
            contextlib.suppress(OSError, JournalError),
            self._disk.folder(row.root, row.candidate.folders) as home,
        ):
            found = self._disk.identity(home, row.candidate.name)
            if found is not None and row.action != Action.SYMLINK:
                self._journal.update_inode(row.id, found)

    def _go_back(self, number: int, row: Row, filed: Photo, token: str) -> None:
        assert row.name is not None
        parts, name = row.candidate.folders, row.candidate.name
        with (
            trouble.at_library(row.library, row.folder),
            self._disk.folder(row.library, row.folder) as library,
            trouble.at_library(row.root, parts),
            self._disk.folder(row.root, parts, make=True) as home,
        ):
            way = _Way(number, (library, row.name), (home, name))
            if row.action == Action.SYMLINK:
                self._drop(way, filed, token)
            else:
                self._refuse_second_copy(row, way)
                self._bring_home(way, filed, token, parts)

    def _refuse_second_copy(self, row: Row, way: _Way) -> None:
        """A copy stays where its original has gone: renamed, it would come to lie there twice."""
        if row.action == Action.COPY and self._disk.identity(*way.home) is None:
            raise FilingError(
                f"the photo lies at {row.path} no more, so its copy in the library stays",
                transient=False,
                hint="renamed or deleted? The copy may be the only one; it is yours to move",
            )

    def _bring_home(self, way: _Way, filed: Photo, token: str, parts: tuple[str, ...]) -> None:
        """It is moved back; or, where its bytes are still at home, its name in the library goes."""
        with self._disk.source(*way.library, filed.identity) as source:
            at_home = self._disk.identity(*way.home)
            if self._disk.is_one_name(way.library, way.home):
                raise FilingError(
                    "the watch folder and the library are one folder here", transient=False
                )
            if at_home is None:
                step = Step(filed, parts, way.home[1], Action.MOVE, OnConflict.SKIP)
                making = partial(self._journal.copied, way.number)
                act = Act(self._disk, step, token, way.library, source, way.home[0], making)
                placed = act.run()
                if placed.state is State.FILED and placed.reason is not None:
                    raise FilingError(placed.reason, transient=True)
                if placed.state is State.FILED:
                    return
            elif self._disk.same_bytes(source, *way.home):
                self._disk.keep(*way.home)
                # A sync tool may have replaced it while its bytes were compared.
                if self._disk.identity(*way.home) != at_home:
                    raise PhotoChanged("the file that lies where it came from has just changed")
                self._drop(way, filed, token)
                return
        raise FilingError(
            f"another file called {way.home[1]} lies where it came from",
            transient=False,
            hint="move that one aside, then undo again",
        )

    def _drop(self, way: _Way, filed: Photo, token: str) -> None:
        """The name in the library is gone, and nothing else."""
        reason = take_away(self._disk, way.library, filed.identity, token)
        if reason is not None:
            raise FilingError(reason, transient=True)
