"""The table of contents: one way for each photo, however often it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.test_plan import look_around
from tests.faults.belongings import Belongings
from tests.faults.household import Household, Oracle

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
