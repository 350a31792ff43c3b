"""Filed by the rules of yesterday, filed anew by those of today."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from datetime import timedelta
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
from tests.filing.fuse import Fuse, disk_on, journal_on
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


@contextmanager
def refiling_of(household: Household) -> Iterator[Refiling]:
    """What the command has in its hands between the plan and the person's yes."""
    with closing(Journal(journal_path())) as journal:
        yield Refiling(household.config(), journal, Disk(), household.clock, Blind())


def refiling_again(household: Household) -> list[Refile | Planned]:
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


@pytest.mark.parametrize("action", ACTIONS)
def test_photos_go_where_the_rules_of_today_say_and_back(
    household: Household, action: Action
) -> None:
    """With their films; those that lie right stay; undoing as many brings all back, and home."""
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
    undo_last(household, 2)
    assert before == (read_files(household.watch), read_files(household.library))
    assert ["cars.jpg", "cars.mov", "memes.jpg"] == [name for name, _ in filed_rows()]
    undo_last(household, 2)
    assert (
        sorted(before[1].values())
        == sorted(
            read_files(
                household.watch if action is not Action.SYMLINK else household.library
            ).values()
        )
        or action is Action.SYMLINK
    )


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


def test_a_link_in_the_way_is_foretold(household: Household) -> None:
    """The new folder would be refused by the disk; one that becomes a link later, is."""
    household.manner.action = "move"
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    before = read_files(household.library)
    household.manner.to = "New"
    new = household.library / "New"
    new.symlink_to(household.home)

    (stays,), done = refile(household)
    new.unlink()
    with refiling_of(household) as refiling:
        (move,) = [each for each in refiling.plan(None, None) if isinstance(each, Refile)]
        new.symlink_to(household.home)
        (refiled,) = refiling.run([move])

    assert isinstance(stays, Planned)
    assert "a link or a file" in (stays.reason or "")
    assert [] == done
    assert refiled.error is not None
    assert "a link or a file" in refiled.error.sentence
    new.unlink()
    assert before == read_files(household.library)
    assert {} == read_files(household.watch)
    assert 1 == len(filed_rows())


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.COPY, Action.MOVE])
@pytest.mark.parametrize("how", ["deleted", "renamed", "replaced", "folder gone"])
def test_what_has_become_of_it_in_the_watch_folder_stays_so(
    household: Household, action: Action, how: str
) -> None:
    """It goes on in the library only, and no daemon files it a second time."""
    household.manner.action = action.value
    has = Belongings(household.watch, household.library)
    has.put("deep/cars.jpg", photo := has.photo())
    has.put("bystander.txt", b"keeps the folder from looking unmounted")
    sort(household)
    home = household.watch / "deep/cars.jpg"
    if how == "renamed" and home.exists():
        home.rename(home.with_name("cars2.jpg"))
    home.unlink(missing_ok=True)
    if how == "replaced":
        has.put("deep/cars.jpg", b"no photo")
    elif how == "folder gone":
        home.parent.rmdir()
    before = read_files(household.watch)
    household.manner.to = "New"

    _, (refiled,) = refile(household)
    sort(household)

    assert refiled.is_well
    assert before == read_files(household.watch)
    assert {"New/cars/cars.jpg": photo} == read_files(household.library)
    undo_last(household, 1)
    assert before == read_files(household.watch)
    assert {"All/cars/cars.jpg": photo} == read_files(household.library)


def test_a_link_whose_photo_is_gone_stays(household: Household) -> None:
    """There is nothing to look at, and the person is told where it pointed."""
    household.manner.action = "symlink"
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    (household.watch / "cars.jpg").rename(household.watch / "cars2.jpg")
    household.manner.to = "New"

    (stays,), done = refile(household)

    assert isinstance(stays, Planned)
    assert f"it points to {household.watch}/cars.jpg, which was moved" in (stays.reason or "")
    assert [] == done


def test_a_name_that_is_taken_meanwhile_leaves_the_photo_where_it_was(
    household: Household,
) -> None:
    """With a rule that skips: the photo stays filed, and it is told and counted."""
    household.manner.action = "move"
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    before = read_files(household.library)
    household.manner.to, household.manner.on_conflict = "New", "skip"

    with refiling_of(household) as refiling:
        (move,) = [each for each in refiling.plan(None, None) if isinstance(each, Refile)]
        own = household.library / "New/cars/cars.jpg"
        has.own(own, has.photo())
        (refiled,) = refiling.run([move])

    assert refiled.error is not None
    assert "exists in the library already" in refiled.error.sentence
    own.unlink()
    assert before == read_files(household.library)
    assert [("cars.jpg", f"{household.library}/All/cars/cars.jpg")] == filed_rows()


def test_an_edited_sidecar_keeps_its_photo(household: Household) -> None:
    """The edits are of that photo, so neither goes; edited later, it is told that it stayed."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    has.put("cars.xmp", b"<xmp/>")
    sort(household)
    household.manner.to = "New"
    with refiling_of(household) as refiling:
        (move,) = [each for each in refiling.plan(None, None) if isinstance(each, Refile)]
        sidecar = household.library / "All/cars/cars.xmp"
        sidecar.unlink()
        sidecar.write_bytes(b"<xmp>much work</xmp>")

        (stays,) = refiling_again(household)
        (refiled,) = refiling.run([move])

    assert ["New/cars/cars.xmp"] == [
        (each.destination or "").removeprefix(f"{household.library}/") for each in move.sidecars
    ]
    assert isinstance(stays, Planned)
    assert "cars.xmp was changed since it was filed" in (stays.reason or "")
    assert refiled.moved is not None
    assert not refiled.is_well
    assert "cars.xmp was changed since it was filed" in refiled.moved.problems[0]
    assert {"All/cars/cars.xmp", "New/cars/cars.jpg"} == set(read_files(household.library))


def test_a_sidecar_that_the_person_took_away_is_not_missed(household: Household) -> None:
    """The photo goes without it, and all is well."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    has.put("cars.mov", has.film())
    sort(household)
    (household.library / "All/cars/cars.mov").unlink()
    household.manner.to = "New"

    (move,), (refiled,) = refile(household)

    assert isinstance(move, Refile)
    assert () == move.sidecars
    assert refiled.is_well


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.MOVE])
def test_a_film_that_comes_later_goes_where_its_photo_went(
    household: Household, action: Action
) -> None:
    """Also after the photo was filed anew, and back with it if that is undone."""
    household.manner.action = action.value
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    household.manner.to = "New"
    refile(household)

    has.put("cars.mov", has.film())
    sort(household)
    late = set(read_files(household.library))
    undo_last(household, 1)
    back = set(read_files(household.library))
    has.put("cars.xmp", b"<xmp/>")
    sort(household)

    assert {"New/cars/cars.jpg", "New/cars/cars.mov"} == late
    assert {"All/cars/cars.jpg", "All/cars/cars.mov"} == back
    assert back | {"All/cars/cars.xmp"} == set(read_files(household.library))


def test_numbers_above_a_thousand_are_numbers(household: Household) -> None:
    """A photo that lies under one of the names its rule would try, lies where it shall."""
    household.manner.called = "Trip {sequence:2}.{ext}"
    has = Belongings(household.watch, household.library)
    for number in range(1, 1008):
        has.own(household.library / f"All/cars/Trip {number:02}.jpg", b"taken")
    has.put("cars.jpg", has.photo())
    sort(household)

    planned, done = refile(household)

    assert (household.library / "All/cars/Trip 1008.jpg").exists()
    assert ([], []) == (planned, done)


def test_what_it_came_as_is_remembered_however_often_it_is_filed_anew(
    household: Household,
) -> None:
    """Name, folder and the day it came: not those of its last place in the library."""
    household.manner.action = "move"
    has = Belongings(household.watch, household.library)
    has.own(household.library / "All/cars/cars.jpg", b"taken")
    has.put("deep/cars.jpg", has.photo())
    sort(household)
    came = household.clock.wall()
    for to in ("{added:%Y-%m-%d}/A", "{added:%Y-%m-%d}/B"):
        household.clock.date += timedelta(days=3)
        household.manner.to = to
        refile(household)

    library = set(read_files(household.library))
    again, _ = refile(household)

    assert {"All/cars/cars.jpg", f"{came:%Y-%m-%d}/B/cars/cars.jpg"} == library
    assert [] == again


def test_photos_in_another_library_are_counted(household: Household) -> None:
    """They are not looked at, and that is not kept quiet."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    former, household.library = household.library, household.home / "another"

    with refiling_of(household) as refiling:
        planned = list(refiling.plan(None, None))

        assert [] == planned
        assert {str(former): 1} == refiling.elsewhere
