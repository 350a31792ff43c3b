"""Filed by the rules of yesterday, filed anew by those of today, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.dry_run import PlannedFile
from gallery_daemon.commands.refile import Refile
from gallery_daemon.decision import Action
from tests.commands.refiled import filed_rows, refile, refiling_again, refiling_of, sort, undo_last
from tests.faults.belongings import Belongings
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from tests.faults.household import Household

ACTIONS = list(Action)


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


def test_a_name_taken_meanwhile_leaves_the_photo_where_it_was(
    household: Household,
) -> None:
    """With a rule that skips: the photo stays filed, with its reason, and is counted."""
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
    """The edits are of that photo, so neither goes; edited later, it stays with a reason."""
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
    assert isinstance(stays, PlannedFile)
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


def test_the_first_filing_says_how_a_photo_came(household: Household) -> None:
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
