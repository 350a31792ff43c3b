"""Folders that several acts share: those of the library, open once, and what is to be synced.

An act is done for good when the folders whose names it changed are synced. Of acts whose ends are
written together each such folder is synced once, after the last act and before the ends.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self, TypeAlias

from gallery_daemon.filing.emptied import note_made
from gallery_daemon.filing.preconditions import refuse_emptied

if TYPE_CHECKING:
    from types import TracebackType

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal


FolderKey: TypeAlias = tuple[int, int]
"""A folder's device and inode."""


class SharedFolders:
    """The open folders of some acts in one library, until the block is left."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library
        self._opened = ExitStack()
        self._targets: dict[tuple[str, ...], int] = {}
        # Descriptors of our own, for the act's may be closed by then.
        self._unsynced: dict[FolderKey, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._opened.close()

    def target(self, folder: tuple[str, ...]) -> int:
        """A descriptor of the folder in the library; what is missing of it is made.

        Raises:
            FilingError: the library is not mounted.
            JournalError: the journal cannot be read now.
            OSError: it cannot be opened or made, or has a link in it.
        """
        if folder not in self._targets:
            refuse_emptied(self._journal, self._disk, self._library)
            opened = self._disk.folder(self._library, folder, make=True)
            self._targets[folder] = self._opened.enter_context(opened)
            note_made(self._journal, self._disk, self._library)
        return self._targets[folder]

    def sync_later(self, folder: int) -> FolderKey:
        """The open folder's names shall survive a power cut, from the next `sync` on."""
        found = os.fstat(folder)
        key = found.st_dev, found.st_ino
        if key not in self._unsynced:
            self._unsynced[key] = os.dup(folder)
            self._opened.callback(os.close, self._unsynced[key])
        return key

    def sync(self) -> dict[FolderKey, OSError]:
        """All those folders are synced; the error of each that cannot be."""
        failed = {}
        for key, folder in self._unsynced.items():
            try:
                self._disk.sync(folder)
            except OSError as error:
                failed[key] = error
        return failed
