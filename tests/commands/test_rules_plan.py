"""The plan of a change says what `refile` and the next pass do once it is saved."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands import inspection
from gallery_daemon.commands.background import Background, Cancelled
from gallery_daemon.commands.refile import Refile
from gallery_daemon.commands.rules_plan import SHOWN, RulesPlan, plan_change
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from tests.commands.refiled import refiling_again, sort
from tests.commands.test_plan import Blind, look_around
from tests.faults.belongings import Belongings
from tests.faults.household import AtOnce

if TYPE_CHECKING:
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from tests.faults.household import Household


@pytest.fixture
def has(household: Household) -> Belongings:
    """Three photos were filed, one of them left."""
    has = Belongings(household.watch, household.library)
    for name in ("cars.jpg", "memes.jpg", "keep.jpg"):
        has.put(name, has.photo())
    has.put("cars.mov", has.film())
    sort(household)
    return has


def planned(household: Household, was: Config, *, looks: bool = False) -> RulesPlan:
    """The plan of the change from `was` to what the household has now."""
    return plan_change(was, household.config(), household.clock, Blind(), looks=looks)


def ways(plan: RulesPlan) -> list[tuple[str, str, int, int]]:
    """From where to where, and how many."""
    return [(way.was, way.now, way.filed, way.waiting) for way in plan.ways]


def test_what_is_filed_goes_where_refile_takes_it(household: Household, has: Belongings) -> None:
    """Photo by photo, with the rows of their filings; nothing is done."""
    del has
    was = household.config()
    household.manner.to = "New"

    plan = planned(household, was)

    assert [("All/cars/", "New/cars/", 1, 0), ("All/memes/", "New/memes/", 1, 0)] == ways(plan)
    moves = [each for each in refiling_again(household) if isinstance(each, Refile)]
    shown = [photo for way in plan.ways for photo in way.photos]
    assert {each.was: each.planned.wanted for each in moves} == {
        photo.path: photo.now.wanted for photo in shown if photo.now
    }
    with closing(Journal(journal_path())) as journal:
        rows = [journal.existing_row(photo.row or 0) for photo in shown]
    assert [photo.path for photo in shown] == [row.destination for row in rows]
    assert (2, 0, 0, 0) == (plan.judged, plan.unjudged, plan.changed, plan.unplaced)


def test_what_the_rules_of_before_would_move_as_well_is_no_change(
    household: Household, has: Belongings
) -> None:
    """The photos lie by older rules still: only what this text changes counts."""
    del has
    household.manner.to = "Newer"
    was = household.config()
    household.manner.keep = "none*"

    assert () == planned(household, was).ways


def test_a_change_back_to_where_photos_lie_moves_none(
    household: Household, has: Belongings
) -> None:
    """Nobody refiled by the rules between."""
    del has
    household.manner.to = "Between"
    was = household.config()
    household.manner.to = "All"

    assert () == planned(household, was).ways


def test_what_waits_is_told_beside_it(household: Household, has: Belongings) -> None:
    """As `plan --was` compares it, if it was looked at before; else it is counted."""
    was = household.config()
    has.put("new-memes.jpg", has.photo())
    household.manner.to = "New"

    unknown = planned(household, was)
    look_around(household)
    known = planned(household, was)

    assert (1, 0) == (unknown.unjudged, unknown.waiting)
    assert (0, 1) == (known.unjudged, known.waiting)
    assert ("All/memes/", "New/memes/", 1, 1) in ways(known)
    (way,) = [each for each in known.ways if each.waiting]
    assert [None] == [photo.row for photo in way.photos if photo.row is None]


def test_what_nobody_remembers_is_looked_at_if_it_is_wanted(
    household: Household, has: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filed and waiting alike; afterwards it is remembered."""
    was = household.config()
    has.put("new-cars.jpg", has.photo())
    with closing(Journal(journal_path())) as journal:
        journal.inferences.forget(f"{household.watch}/{name}.jpg" for name in ("cars", "memes"))
    household.manner.to = "New"
    monkeypatch.setattr(inspection, "Answers", AtOnce)

    before = planned(household, was)
    looked_at = planned(household, was, looks=True)
    after = planned(household, was)

    assert (3, ()) == (before.unjudged, before.ways)
    expected = [("All/cars/", "New/cars/", 1, 1), ("All/memes/", "New/memes/", 1, 0)]
    assert expected == ways(looked_at) == ways(after)
    assert 0 == looked_at.unjudged == after.unjudged


def test_what_a_person_moved_away_is_counted(household: Household, has: Belongings) -> None:
    """It is theirs, and no rule moves it."""
    del has
    was = household.config()
    (household.library / "All/cars/cars.jpg").unlink()
    household.manner.to = "New"

    plan = planned(household, was)

    assert [("All/memes/", "New/memes/", 1, 0)] == ways(plan)
    assert 1 == plan.changed


def test_what_no_rule_has_a_place_for_stays_and_is_counted(
    household: Household, has: Belongings
) -> None:
    """`refile` leaves it where it lies."""
    del has
    was = household.config()
    household.manner.keep = "cars*"

    plan = planned(household, was)

    assert ((), 1) == (plan.ways, plan.unplaced)


def test_what_a_person_said_counts_as_it_does_for_refile(
    household: Household, has: Belongings
) -> None:
    """By it the photo is judged, before the change and after it."""
    del has
    with closing(Journal(journal_path())) as journal:
        (row,) = [each for each in journal.newest_first() if each.relative == "cars.jpg"]
        lesson = NewLesson(
            str(household.library), row.destination or "", row.identity, LessonKind.LABEL,
            "memes", filing=row.id,
        )  # fmt: skip
        journal.lessons.give([lesson], household.clock.wall())
    was = household.config()
    household.manner.to = "New"

    plan = planned(household, was)

    expected = [("All/cars/", "New/memes/", 1, 0), ("All/memes/", "New/memes/", 1, 0)]
    assert expected == sorted(ways(plan))
    moves = [each for each in refiling_again(household) if isinstance(each, Refile)]
    shown = [photo for way in plan.ways for photo in way.photos]
    # Both would have the name that they came with.
    assert {each.was for each in moves} == {photo.path for photo in shown}


def test_another_library_is_said(household: Household, has: Belongings) -> None:
    """What was filed stays in the old one; what is watched goes into the new one, too."""
    del has
    was = household.config()
    other = household.home / "other"

    plan = plan_change(was, replace(was, library=str(other)), household.clock, Blind())

    assert 2 == plan.elsewhere
    places = [f"{other}/All/cars/", f"{other}/All/memes/"]
    assert [("the library before", place, 0, 1) for place in places] == ways(plan)


def test_of_many_photos_the_first_are_kept_and_all_counted(household: Household) -> None:
    """However many there are, a plan is small."""
    has = Belongings(household.watch, household.library)
    for number in range(SHOWN + 3):
        has.put(f"cars-{number}.jpg", has.photo())
    sort(household)
    was = household.config()
    household.manner.to = "New"

    (way,) = planned(household, was).ways

    assert (SHOWN + 3, SHOWN) == (way.filed, len(way.photos))


def test_a_plan_that_nobody_wants_any_more_ends(household: Household, has: Belongings) -> None:
    """In its thread; the journal is closed, and whoever asks for the result is told."""
    del has
    was = household.config()
    household.manner.to = "New"

    is_ended = threading.Event()

    def act(display: ProgressDisplay) -> RulesPlan:
        is_ended.wait(10)
        return plan_change(was, household.config(), household.clock, display)

    background = Background(act)
    background.cancel()
    is_ended.set()

    assert background.wait(10)
    with pytest.raises(Cancelled):
        background.result()


def test_a_plan_in_the_background_gives_what_it_found(
    household: Household, has: Belongings
) -> None:
    """And says how far it is."""
    del has
    was = household.config()
    household.manner.to = "New"
    now = household.config()

    background = Background(lambda display: plan_change(was, now, household.clock, display))

    assert background.wait(10)
    assert 2 == background.result().filed
    assert background.progress.expected > 0
