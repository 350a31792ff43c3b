"""An edited sidecar takes the name of the version before it, which is kept under another.

Programs read `IMG_1.xmp` and no `IMG_1 (2).xmp`, so the newest edits must have that name, and
nothing may be overwritten. Therefore the version that lies there makes room first: it is renamed to
`IMG_1.xmp.~1~`, which no program reads, through the journal like every move within the library.
Only a version that this program filed, of the same file in the watch folder, and that nobody has
changed since, makes room. If a person has edited the one in the library, there are two histories,
and neither takes the other's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.beside import is_older_name, older_name
from gallery_daemon.filing.preconditions import filed_file
from gallery_daemon.filing.steps import Step
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Photo


class Superseded(NamedTuple):
    """The filing of a version that has to make room, and the step by which it does."""

    row: Row
    step: Step


def superseded_by(
    sidecar: Photo, owner: Row, journal: Journal, disk: Disk
) -> tuple[Superseded, ...]:
    """The versions that make room for a sidecar whose photo was filed as `owner`, oldest first.

    There is one, or none; only an older program left more of them.

    Raises:
        JournalError: the journal cannot be read now.
    """
    versions = [
        row
        for row in journal.sidecars_of(owner, State.FILED)
        # A symbolic link leads to the newest version already.
        if row.path == sidecar.path and row.action != Action.SYMLINK
    ]
    if not versions or is_older_name(versions[-1].name or ""):
        return ()
    filed = {row.id: _unchanged(row, sidecar, journal, disk) for row in versions}
    newest = filed[versions[-1].id]
    if newest is None or _has_same_bytes(sidecar, newest, disk):
        return ()
    return tuple(
        Superseded(row, step_aside(there, row))
        for row in versions
        if (there := filed[row.id]) is not None and not is_older_name(row.name or "")
    )


def step_aside(filed: Photo, row: Row) -> Step:
    """The step of a version in the library that makes room for a newer one."""
    assert row.name is not None
    return Step(filed, row.folder, older_name(row.name), Action.MOVE, OnConflict.RENAME)


def kept_as(name: str | None) -> str:
    """What became of the version before a sidecar."""
    return f"the version before it is kept as {name}"


def older_version_of(row: Row, journal: Journal) -> Row | None:
    """The newest of the versions that made room for the sidecar that was filed as `row`.

    Raises:
        JournalError: the journal cannot be read now.
    """
    owner = None if row.parent is None else journal.row(row.parent)
    if owner is None or (row.name is not None and is_older_name(row.name)):
        return None
    versions = journal.sidecars_of(owner, State.FILED)
    older = (each for each in reversed(versions) if each.path == row.path and each.id < row.id)
    newest = next(older, None)
    return newest if newest is not None and is_older_name(newest.name or "") else None


def _unchanged(row: Row, sidecar: Photo, journal: Journal, disk: Disk) -> Photo | None:
    """The version in the library, if it is as it was filed."""
    try:
        return filed_file(journal, disk, row, sidecar.settled_at)
    except FilingError:
        return None


def _has_same_bytes(sidecar: Photo, filed: Photo, disk: Disk) -> bool:
    """Whether they have; also if that cannot be told now, so that nothing makes room for it."""
    where, there = sidecar.candidate, filed.candidate
    try:
        with (
            disk.folder(where.root, where.folders) as home,
            disk.source(home, where.name, sidecar.identity) as source,
            disk.folder(there.root, there.folders) as target,
        ):
            return disk.same_bytes(source, target, there.name)
    except (OSError, FilingError, PhotoChanged):
        return True
