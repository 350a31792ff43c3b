"""Folders of the library that filing made and that are empty again: they are taken away.

Only those that the journal knows as made, by their inode, and only while they hold nothing at all:
not a folder that a person made, nor one that has a hidden file or a sync tool's mark in it. The
library itself always stays, and something in it while photos are filed there. What cannot be taken
away stays, without a word.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gallery_daemon.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal


def note_made(journal: Journal, disk: Disk, library: str) -> None:
    """The journal knows the folders that `disk` has made in the library; others are forgotten."""
    for each in disk.take_made():
        if each.root == library:
            # One that is not known stays when it is empty, which is no harm.
            with contextlib.suppress(JournalError):
                journal.made_folders.add(library, each.parts, each.inode)


def take_away_emptied(
    journal: Journal, disk: Disk, library: str, folder: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """The folder and those above it are gone, as far as they were made and are empty; which."""
    with contextlib.suppress(OSError, JournalError):
        return list(_take_away(journal, disk, library, folder))
    return []


def _take_away(
    journal: Journal, disk: Disk, library: str, folder: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    for depth in range(len(folder), 0, -1):
        parts = folder[:depth]
        with disk.folder(library, parts[:-1]) as above:
            inode = disk.inode_of(above, parts[-1])
            if inode is None or not journal.made_folders.is_made(library, parts, inode):
                return
            # With it gone the library would look like a disk that is not mounted.
            if depth == 1 and journal.has_used(library) and disk.is_alone(above, parts[-1]):
                return
            if not disk.remove_folder(above, parts[-1]):
                return
        journal.made_folders.forget(library, parts)
        yield parts
