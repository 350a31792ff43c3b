"""A small week of `python -m tests.faults.week`, with a classifier process that needs no model."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import photo_bytes
from tests.faults.week_home import WATCH_FOLDERS, WeekHome
from tests.faults.week_photo import PlayedPhoto
from tests.faults.week_story import DAYS, play
from tests.learning.given import wrong_calls

if TYPE_CHECKING:
    from pathlib import Path

PHOTOS, AFTER = 105, 8


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.timeout(900)
def test_in_a_week_nothing_is_lost_and_no_lesson_is_false(tmp_path: Path) -> None:
    """Seven days with all mishaps; in the end a version serves that was learned in it."""
    home = WeekHome(tmp_path / "home", after=AFTER)
    home.daemon.environ |= {"WORKER": "tests.faults.week_worker", "WHOLE": "8"}
    said, origins = wrong_calls(home.versions), tmp_path / "origins"
    # Two kinds that the base calls otherwise, and two that it mostly calls so.
    truth = {"chat": said["chat"], "cup": "other", "dog": said["dog"], "sea": "cars"}
    origins.mkdir()
    photos = []
    for number, source in zip(range(PHOTOS), cycle(WATCH_FOLDERS), strict=False):
        kind = list(truth)[number % len(truth)]
        origin = origins / f"{kind}-{number}.jpg"
        origin.write_bytes(photo_bytes(origins, number))
        photos.append(PlayedPhoto(origin.name, origin, truth[kind], source))

    rows = list(play(home, photos))

    assert list(DAYS) == [row.name for row in rows]
    assert PHOTOS == sum(row.photos for row in rows)
    assert sum(row.lessons for row in rows) > AFTER
    assert home.versions.serving().version.number > 0
