"""The table of contents: one way for each photo, however often it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.photo import Identity, Photo
from tests.commands.test_plan import look_around
from tests.faults.belongings import Belongings
from tests.faults.household import Household, Oracle
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journey.foretold import Scene


def test_a_photo_that_is_seen_again_in_the_backlog_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event while it waits for the classifier is no second photo; it is filed once."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    household = Household(tmp_path, tmp_path / "library")
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    household.start()
    monkeypatch.setattr(Oracle, "has_room", False)

    household.rescan()
    household.rescan()
    waiting = household.present.pipeline.load
    monkeypatch.setattr(Oracle, "has_room", True)
    household.rescan()
    household.stop()

    assert 1 == waiting
    assert 1 == household.log.getvalue().count('"photo_filed"')


def test_what_was_seen_before_is_filed_without_the_classifier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is shown to it, and the loop comes round until all are filed, however many wait."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    household = Household(tmp_path, tmp_path / "library")
    has = Belongings(household.watch, household.library)
    for number in range(100):
        has.put(f"{number} cars.jpg", has.photo())
    look_around(household)
    household.start()
    monkeypatch.setattr(Oracle, "submit", None)
    monkeypatch.setattr(Oracle, "has_room", False)
    household.rescan()
    monkeypatch.setattr(Oracle, "has_room", True)
    pipeline = household.present.pipeline

    turns = 0
    while (pipeline.next_deadline() or 0.0) < 0:
        pipeline.turn()
        turns += 1
    left_over = pipeline.load
    household.stop()

    assert (2, 0) == (turns, left_over)
    assert 100 == household.log.getvalue().count('"photo_filed"')
    assert '"batch"' not in household.log.getvalue()


def listed(household: Household, seconds: float) -> int:
    """How often the journal is asked about the photo after it was found in a listing."""
    pipeline, (root,) = household.present.pipeline, household.present.roots
    found = [each for each in scan(root) if isinstance(each, Listed)]
    wall = household.clock.wall()
    photos = [Photo(each.candidate, Identity.of(each.stat), wall) for each in found]
    with patch.object(Journal, "unknown", autospec=True, side_effect=Journal.unknown) as asked:
        assert 1 == pipeline.listed(photos)
        household.clock.wait(seconds)
        household.turn_for(5.0)
    return asked.call_count


@pytest.mark.parametrize(("seconds", "asked"), [(1.0, 1), (60.0, 2)])
def test_a_listed_photo_is_asked_about_once(
    household: Household, seconds: float, asked: int
) -> None:
    """By the listing, and again only if it took its time to settle; then the claim asks."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    household.start()

    assert asked == listed(household, seconds)
    assert 1 == household.log.getvalue().count('"photo_filed"')


def test_a_known_file_that_cannot_be_read_any_more_is_no_failure(scene: Scene) -> None:
    """It came to its end; an event about it says nothing new."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    (scene.watch / "a.jpg").rename(scene.watch / "denied.jpg")

    assert {} == scene.run()


def test_broken_photos_take_their_turn_where_they_take_names(scene: Scene) -> None:
    """A text called like a photo needs no classifier, and overtakes none for its name."""
    scene.rules = 'rules: [{name: all, to: All/, as: "same.{ext}"}]\nfailed: All/'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("same.jpg", b"a text")

    ends = scene.sort()

    assert [f"{scene.library}/All/same.jpg", f"{scene.library}/All/same (2).jpg"] == [
        ends[f"{scene.watch}/{name}.jpg"].destination for name in ("a", "same")
    ]
