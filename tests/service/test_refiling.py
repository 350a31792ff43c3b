"""Filed by the rules of yesterday, filed anew by those of today; killed anywhere in between."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.journal import Journal
from gallery_daemon.filing.place import Disk
from gallery_daemon.filing.query import Query
from gallery_daemon.filing.record import State
from gallery_daemon.filing.recover import recover
from gallery_daemon.photo import Action
from gallery_daemon.service.journals import journal_path
from gallery_daemon.service.planning import Planned
from gallery_daemon.service.refiling import Refile, Refiled, Refiling
from gallery_daemon.service.undoing import Undoing
from tests.faults.belongings import Belongings
from tests.faults.household import Household
from tests.filing.conftest import read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on
from tests.service.test_forecast import Blind

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIONS = list(Action)


@pytest.fixture
def household(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Household]:
    """A person's folders, and no daemon."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    household = Household(tmp_path, tmp_path / "library")
    yield household
    household.stop()


def sort(household: Household) -> None:
    """All that lies in the watch folder is filed by the rules as they are now."""
    household.start()
    household.rescan(60.0)
    household.stop()


def refile(
    household: Household, *, fuse: Fuse | None = None
) -> tuple[list[Refile | Planned], list[Refiled]]:
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


def undo_last(household: Household, last: int) -> None:
    """What `undo --last` does."""
    with closing(Journal(journal_path())) as journal:
        rows = journal.find(Query(states=(State.FILED,), made_way=True, is_photo=True, limit=last))
        outcomes = list(Undoing(journal, Disk(), household.clock).run(rows))
        assert not [outcome.error for outcome in outcomes if outcome.error]


def filed_rows() -> list[tuple[str, str | None]]:
    """Where the journal says that files came from, and lie."""
    with closing(Journal(journal_path())) as journal:
        assert not journal.open_intents()
        rows = journal.find(Query(states=(State.FILED,)))
    return sorted((row.relative, row.destination) for row in rows)


@pytest.mark.parametrize("action", ACTIONS)
def test_photos_go_where_the_rules_of_today_say_and_back(
    household: Household, action: Action
) -> None:
    """With their films; those that lie right stay; undoing twice as many brings all back."""
    household.manner.action = action.value
    has = Belongings(household.watch, household.library)
    for name in ("cars.jpg", "memes.jpg"):
        has.put(name, has.photo())
    has.put("cars.mov", has.film())
    sort(household)
    before = read_files(household.watch), read_files(household.library)
    household.manner.to = "New"

    planned, done = refile(household)

    assert 2 == len(planned) == len(done)
    assert not [each.error for each in done if each.error]
    library = read_files(household.library)
    assert ["New/cars/cars.jpg", "New/cars/cars.mov", "New/memes/memes.jpg"] == list(library)
    assert before[0] == read_files(household.watch)
    assert sorted(before[1].values()) == sorted(library.values())
    assert ([], []) == refile(household)
    undo_last(household, 4)
    assert before == (read_files(household.watch), read_files(household.library))
    assert ["cars.jpg", "cars.mov", "memes.jpg"] == [name for name, _ in filed_rows()]


def test_what_the_person_did_since_is_told_and_stays(household: Household) -> None:
    """Moved, edited, or a name that other bytes have taken with a rule that skips."""
    has = Belongings(household.watch, household.library)
    for name in ("a cars.jpg", "b cars.jpg", "c cars.jpg", "d cars.jpg"):
        has.put(name, has.photo())
    sort(household)
    folder = household.library / "All/cars"
    (folder / "a cars.jpg").rename(household.library / "mine.jpg")
    (folder / "b cars.jpg").unlink()
    (folder / "b cars.jpg").write_bytes(b"brighter")
    household.manner.to, household.manner.on_conflict = "New", "skip"
    has.own(household.library / "New/cars/c cars.jpg", has.photo())

    planned, done = refile(household)

    reasons = {Path(each.photo).name: each.reason for each in planned if isinstance(each, Planned)}
    assert {"a cars.jpg", "b cars.jpg", "c cars.jpg"} == set(reasons)
    assert "moved or deleted since" in (reasons["a cars.jpg"] or "")
    assert "was changed since it was filed" in (reasons["b cars.jpg"] or "")
    assert "exists in the library already" in (reasons["c cars.jpg"] or "")
    assert ["d cars.jpg"] == [Path(each.refile.planned.photo).name for each in done]
    assert (folder / "c cars.jpg").exists()


def test_what_the_rules_leave_now_stays_in_the_library(household: Household) -> None:
    """To take it out is for `undo`, which the person says."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    household.manner.keep = "cars*"

    planned, done = refile(household)

    (stays,) = planned
    assert isinstance(stays, Planned)
    assert "the rule keep leaves it" == stays.reason
    assert [] == done


def test_a_photo_that_cannot_be_filed_anew_lies_where_it_was(household: Household) -> None:
    """The new folder is refused by the disk; the filing before is put back."""
    household.manner.action = "move"
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    before = read_files(household.library)
    household.manner.to = "New"
    (household.library / "New").symlink_to(household.home)

    _, (refiled,) = refile(household)

    assert refiled.error is not None
    assert "link" in refiled.error.sentence
    (household.library / "New").unlink()
    assert before == read_files(household.library)
    assert {} == read_files(household.watch)
    assert 1 == len(filed_rows())


@pytest.mark.faults
@pytest.mark.parametrize("action", ACTIONS)
def test_no_crash_in_a_refiling_loses_or_doubles_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    """Crash before effect n, then say it again: as if nothing had been in between."""
    for effects in range(200):
        home = tmp_path / str(effects)
        home.mkdir()
        monkeypatch.setenv("XDG_STATE_HOME", os.fspath(home / "state"))
        household = Household(home, home / "library")
        household.manner.action = action.value
        has = Belongings(household.watch, household.library)
        for name in ("cars.jpg", "memes.jpg"):
            has.put(name, has.photo())
        has.put("cars.mov", has.film())
        sort(household)
        before = read_files(household.watch)
        household.manner.to = "New"
        fuse = Fuse(effects)

        try:
            refile(household, fuse=fuse)
        except CrashError:
            everything = {*read_files(household.watch).values()}
            assert has.everything() >= set(before.values()), everything
        refile(household)

        library = read_files(household.library)
        assert ["New/cars/cars.jpg", "New/cars/cars.mov", "New/memes/memes.jpg"] == list(library)
        assert before == read_files(household.watch)
        assert ["cars.jpg", "cars.mov", "memes.jpg"] == [name for name, _ in filed_rows()]
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")
