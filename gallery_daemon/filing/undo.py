"""Undo: a filed file goes back to where it came from, through the journal like every act.

An undo is an intent of its own, so `recover` ends one that was cut short, and it can be undone
itself (`Filer.redo`). Where the photo's old name still has its bytes (a hard link, a copy), the
name in the library is removed; where the photo was moved, it is moved back, if its old name is
free. A photo that a person moved, edited or replaced since is reported and not touched. An undone
file is known, so it is not filed again until it changes or a person asks for it.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError, JournalError, PhotoChanged
from gallery_daemon.filing.act import Act
from gallery_daemon.filing.os_errors import library_errors
from gallery_daemon.filing.preconditions import filed_file, refuse_unmounted
from gallery_daemon.filing.recover import outcome_on_disk
from gallery_daemon.filing.removal import take_away
from gallery_daemon.filing.steps import Step
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Photo


@dataclass(frozen=True, slots=True)
class _Ends:
    """The open (folder, name) in the library and in the watch folder, of undo row `number`."""

    number: int
    library: tuple[int, str]
    home: tuple[int, str]


class Undoer:
    """Reverts filings, one file at a time."""

    def __init__(self, journal: Journal, disk: Disk) -> None:
        self._journal, self._disk = journal, disk

    def undo(self, row: Row, when: datetime, parent: int | None = None) -> Row:
        """The file is where it came from, and not in the library; the undo's own row.

        `parent` is the row of the undo of the photo that a sidecar belongs to.

        Raises:
            FilingError: what is in the library is not what was filed, or it cannot go back;
                nothing was touched.
            JournalError: the journal cannot be used now.
        """
        assert row.state is State.FILED
        assert row.name is not None
        filed = filed_file(self._journal, self._disk, row, when)
        with library_errors(row.root, ()):
            refuse_unmounted(self._disk, row.root, row)
        home, token = row.candidate, secrets.token_hex(8)
        action = Action.SYMLINK if row.action == Action.SYMLINK else Action.MOVE
        intent = Intent(action, home.folders, home.name, token, parent, undoes=row.id)
        entry = JournalEntry(filed, State.UNDOING, intent=intent)
        number = self._journal.record(entry, row.root, when)
        try:
            reason = self._go_back(number, row, filed, token)
        except (FilingError, PhotoChanged) as error:
            outcome_on_disk(number, self._journal, self._disk, error)
        else:
            self._journal.close_intent(
                number, State.UNDO, action=None, name=home.name, reason=reason
            )
        self._update_inode(row)
        return self._journal.existing_row(number)

    def _update_inode(self, row: Row) -> None:
        """Write the inode that the file has now, so it is known under another name, too."""
        with (
            contextlib.suppress(OSError, JournalError),
            self._disk.folder(row.root, row.candidate.folders) as home,
        ):
            found = self._disk.identity(home, row.candidate.name)
            if found is not None and row.action != Action.SYMLINK:
                self._journal.update_inode(row.id, found)

    def _go_back(self, number: int, row: Row, filed: Photo, token: str) -> str | None:
        """Put it back; what it has not there, if that is to be told."""
        assert row.name is not None
        parts, name = row.candidate.folders, row.candidate.name
        with (
            library_errors(row.library, row.folder),
            self._disk.folder(row.library, row.folder) as library,
            library_errors(row.root, parts),
            self._disk.folder(row.root, parts, make=True) as home,
        ):
            way = _Ends(number, (library, row.name), (home, name))
            if row.action == Action.SYMLINK:
                self._drop(way, filed, token)
                return None
            self._refuse_second_copy(row, way)
            return self._bring_home(row, way, filed, token)

    def _refuse_second_copy(self, row: Row, way: _Ends) -> None:
        """Raise for a copy whose original is gone: if that was renamed, it would be there twice."""
        if row.action == Action.COPY and self._disk.identity(*way.home) is None:
            raise FilingError(
                f"the photo lies at {row.path} no more, so its copy in the library stays",
                transient=False,
                hint="renamed or deleted? The copy may be the only one; it is yours to move",
            )

    def _bring_home(self, row: Row, way: _Ends, filed: Photo, token: str) -> str | None:
        """Move it back, or remove its name in the library if its old name has its bytes."""
        parts = row.candidate.folders
        with self._disk.source(*way.library, filed.identity) as source:
            at_home = self._disk.identity(*way.home)
            if self._disk.is_one_name(way.library, way.home):
                raise FilingError(
                    "the watch folder and the library are one folder here", transient=False
                )
            if at_home is None:
                step = Step(filed, parts, way.home[1], Action.MOVE, OnConflict.SKIP)
                placed = Act(
                    self._disk,
                    step,
                    token,
                    way.library,
                    source,
                    way.home[0],
                    on_copied=partial(self._journal.copied, way.number),
                    on_unfinished=partial(self._journal.unfinished, way.number),
                    sync=self._disk.sync,
                    rights=row.rights,
                ).run()
                if placed.state is State.FILED and placed.action is not Action.MOVE:
                    raise FilingError(placed.reason or "", transient=True)
                if placed.state is State.FILED:
                    return placed.reason
            elif self._disk.same_bytes(source, *way.home):
                self._disk.sync_file(*way.home)
                self._refuse_poorer(source, way)
                # A sync tool may have replaced it while its bytes were compared.
                if self._disk.identity(*way.home) != at_home:
                    raise PhotoChanged("the file that lies where it came from has just changed")
                self._drop(way, filed, token)
                return None
        raise FilingError(
            f"another file called {way.home[1]} lies where it came from",
            transient=False,
            hint="move that one aside, then undo again",
        )

    def _refuse_poorer(self, source: int, way: _Ends) -> None:
        """Raise if the file in the library has tags, say, that would go with it."""
        lacks = self._disk.lacks(source, *way.home)
        if lacks:
            raise FilingError(
                f"the file in the library has what the one that it came from has not"
                f" ({', '.join(lacks)})",
                transient=False,
                hint="cp --attributes-only --preserve=xattr,mode copies that; then undo again",
            )

    def _drop(self, way: _Ends, filed: Photo, token: str) -> None:
        """Remove the name in the library, and nothing else."""
        reason = take_away(self._disk, way.library, filed.identity, token)
        if reason is not None:
            raise FilingError(reason, transient=True)
