"""What must hold before a file is filed or taken back: the disks are there, and so is the file."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.content import is_unchanged
from gallery_daemon.filing.os_errors import library_errors
from gallery_daemon.photo import Candidate, Photo

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Identity


class FilingGone(FilingError):
    """What was filed is not in its place any more."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, transient=False)


def refuse_emptied(journal: Journal, disk: Disk, library: str) -> None:
    """Return if the library is mounted: one that was used and is empty is the bare mount point.

    Raises:
        FilingError: it is not mounted.
        OSError: it cannot be read.
    """
    with disk.folder(library, ()) as folder:
        if not disk.is_empty(folder) or not journal.has_used(library):
            return
    raise FilingError(
        f"{library} is empty, though photos were filed there",
        transient=True,
        of_library=True,
        hint="is its disk mounted? If you emptied it yourself, make any folder in it",
    )


def filed_file(journal: Journal, disk: Disk, row: Row, when: datetime) -> Photo:
    """The file in the library as it is now, which must be what was filed.

    Raises:
        FilingGone: it was moved or deleted since.
        FilingError: it was edited since, or the library is not mounted.
    """
    assert row.name is not None
    with library_errors(row.library, ()):
        refuse_emptied(journal, disk, row.library)
    try:
        with disk.folder(row.library, row.folder) as folder:
            found = disk.identity(folder, row.name)
            target = disk.points_to(folder, row.name)
    except OSError:
        found = target = None
    if found is None:
        raise FilingGone(f"it lies at {row.destination} no more: moved or deleted since")
    there = Candidate(row.source, row.library, row.below_library)
    if row.action == Action.SYMLINK:
        is_same = target == row.path
    else:
        is_same = not target and is_unchanged(disk, row, there, found)
    if not is_same:
        raise FilingError(f"{row.destination} was changed since it was filed", transient=False)
    return Photo(there, found, when)


def refuse_unmounted(disk: Disk, root: str, row: Row) -> None:
    """Return if the watch folder is mounted: one that is empty, on another disk, is not.

    Raises:
        FilingError: it is not mounted.
        OSError: it cannot be read.
    """
    with disk.folder(root, ()) as folder:
        if not disk.is_empty(folder) or os.fstat(folder).st_dev == row.identity.device:
            return
    raise FilingError(
        f"{root} is empty, and on another disk than the photo was",
        transient=True,
        hint="is its disk mounted? If it is, put any file in it",
    )


def linked_filing(journal: Journal, disk: Disk, identity: Identity, library: str) -> Row | None:
    """The filing whose hard link in the library still is this file, which was edited since.

    An editor that writes into the file changes both names, so filing it again, by any action,
    would be one photo twice. A file that was not edited is known, which the claim finds out.
    """
    for row in journal.hard_links_of(identity, library):
        if row.identity.mtime_ns == identity.mtime_ns:
            continue
        with contextlib.suppress(OSError), disk.folder(row.library, row.folder) as folder:
            there = disk.identity(folder, row.name or "")
            if there and (there.device, there.inode) == (identity.device, identity.inode):
                return row
    return None


def lies_in_library(disk: Disk, row: Row) -> bool:
    """Whether there is a file at the row's place in the library now."""
    if row.name is None:
        return False
    with contextlib.suppress(OSError), disk.folder(row.library, row.folder) as folder:
        return disk.identity(folder, row.name) is not None
    return False
