"""Sorted by the rules of yesterday, planned and filed anew by those of today: as commands do it."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.commands.refile import Refile, Refiled, Refiling
from gallery_daemon.commands.undo import Undoing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.commands.test_plan import Blind
from tests.filing.fuse import Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.commands.dry_run import PlannedFile
    from tests.faults.household import Household


def sort(household: Household) -> None:
    """All that is in the watch folder is filed by the rules as they are now."""
    household.start()
    household.rescan(60.0)
    household.stop()


def refile(
    household: Household, *, fuse: Fuse | None = None
) -> tuple[list[Refile | PlannedFile], list[Refiled]]:
    """What is planned, and what came of it; as the command does it."""
    path = journal_path()
    fuse = fuse or Fuse(10_000)
    with closing(journal_on(fuse, path)) as journal:
        disk = disk_on(fuse)
        recover(journal, disk)
        refiling = Refiling(household.config(), journal, disk, household.clock, Blind())
        planned = list(refiling.plan(None, None))
        moves = [each for each in planned if isinstance(each, Refile)]
        return planned, list(refiling.run(moves))


@contextmanager
def refiling_of(household: Household) -> Iterator[Refiling]:
    """What the command has in its hands between the plan and the person's yes."""
    with closing(Journal(journal_path())) as journal:
        yield Refiling(household.config(), journal, Disk(), household.clock, Blind())


def refiling_again(household: Household) -> list[Refile | PlannedFile]:
    """Another plan of the same."""
    with refiling_of(household) as refiling:
        return list(refiling.plan(None, None))


def undo_last(household: Household, last: int, *, fuse: Fuse | None = None) -> None:
    """What `undo --last` does."""
    fuse = fuse or Fuse(10_000)
    with closing(journal_on(fuse, journal_path())) as journal:
        rows = journal.find(Query(states=(State.FILED,), is_photo=True, limit=last))
        outcomes = list(Undoing(journal, disk_on(fuse), household.clock).run(rows))
        assert not [outcome.error for outcome in outcomes if outcome.error]


def filed_rows() -> list[tuple[str, str | None]]:
    """Where the journal says that files came from, and lie."""
    with closing(Journal(journal_path())) as journal:
        assert not journal.open_intents()
        rows = journal.find(Query(states=(State.FILED,)))
    return sorted((row.relative, row.destination) for row in rows)
