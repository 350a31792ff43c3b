"""Which folders of a library were made to file photos into; all others are the person's.

A folder is known by its path and its inode, so one that a person made under the same name is not
taken for ours.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import signed

if TYPE_CHECKING:
    from gallery_daemon.journal.database import Database


class MadeFolders:
    """A table of the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, library: str, folder: tuple[str, ...], inode: int) -> None:
        """The folder was made just now."""
        with self._database.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO made_folders VALUES (?, ?, ?)",
                (*_key(library, folder), signed(inode)),
            )

    def is_made(self, library: str, folder: tuple[str, ...], inode: int) -> bool:
        """Whether the folder that has this inode now is one that was made."""
        found = self._database.rows(
            "SELECT 1 FROM made_folders WHERE library = ? AND folder = ? AND inode = ?",
            (*_key(library, folder), signed(inode)),
        )
        return any(found)

    def forget(self, library: str, folder: tuple[str, ...]) -> None:
        """The folder is gone."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM made_folders WHERE library = ? AND folder = ?", _key(library, folder)
            )


def _key(library: str, folder: tuple[str, ...]) -> tuple[bytes, bytes]:
    return os.fsencode(library), os.fsencode("/".join(folder))
