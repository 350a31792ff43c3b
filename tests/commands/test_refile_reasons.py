"""Photos that are not filed anew, and the reasons why they stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.commands.dry_run import PlannedFile
from gallery_daemon.commands.refile import Refile
from tests.commands.refiled import filed_rows, refile, refiling_of, sort
from tests.faults.belongings import Belongings
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from tests.faults.household import Household


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

    reasons = {
        Path(each.photo).name: each.reason for each in planned if isinstance(each, PlannedFile)
    }
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
    assert isinstance(stays, PlannedFile)
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

    assert isinstance(stays, PlannedFile)
    assert "a link or a file" in (stays.reason or "")
    assert [] == done
    assert refiled.error is not None
    assert "a link or a file" in refiled.error.sentence
    new.unlink()
    assert before == read_files(household.library)
    assert {} == read_files(household.watch)
    assert 1 == len(filed_rows())


def test_a_link_whose_photo_is_gone_stays(household: Household) -> None:
    """There is nothing to examine, and the reason says where it pointed."""
    household.manner.action = "symlink"
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    sort(household)
    (household.watch / "cars.jpg").rename(household.watch / "cars2.jpg")
    household.manner.to = "New"

    (stays,), done = refile(household)

    assert isinstance(stays, PlannedFile)
    assert f"it points to {household.watch}/cars.jpg, which was moved" in (stays.reason or "")
    assert [] == done


def test_numbers_above_a_thousand_are_numbers(household: Household) -> None:
    """A photo under one of the names that its rule would try is where it should be."""
    household.manner.called = "Trip {sequence:2}.{ext}"
    has = Belongings(household.watch, household.library)
    for number in range(1, 1008):
        has.own(household.library / f"All/cars/Trip {number:02}.jpg", b"taken")
    has.put("cars.jpg", has.photo())
    sort(household)

    planned, done = refile(household)

    assert (household.library / "All/cars/Trip 1008.jpg").exists()
    assert ([], []) == (planned, done)


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
