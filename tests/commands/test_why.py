"""Why a photo is where it is, for a page."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.review import Reviewing
from gallery_daemon.commands.why import remembered, why
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.decision import Outcome, Truth
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from gallery_daemon.commands.why import RememberedPhoto
    from tests.journey.foretold import Scene


def asked(scene: Scene, number: int = 1) -> RememberedPhoto:
    """What the journal has of that photo."""
    with closing(Journal(journal_path())) as journal:
        return remembered(number, scene.config(), journal, scene.clock)


def test_what_the_rules_of_today_make_of_it(scene: Scene) -> None:
    """Each with its conditions; what keeps the photo from the nearest; and where it goes."""
    let_wait(scene, 1)

    found = why(asked(scene), scene.config(), scene.clock)

    assert found.prediction is not None
    assert ("memes", 0.55) == (found.prediction.top_class, found.prediction.confidence)
    truths = [(each.entry.rule, each.entry.truth) for each in found.rules]
    assert [("cars", Truth.NO), ("memes", Truth.UNSURE)] == truths
    assert "confidence 0.55 < 0.90" in found.near_misses[0].sentence
    assert found.decision is not None
    assert Outcome.UNCERTAIN is found.decision.outcome
    assert [State.FILED] == [row.state for row in found.remembered.history]
    assert str(scene.library / "Review/memes/IMG_1.jpg") == found.remembered.place


def test_what_a_person_said_of_it(scene: Scene) -> None:
    """The rules go by that, and the history has both filings."""
    let_wait(scene, 1)
    with closing(Journal(journal_path())) as journal:
        (filed,) = Reviewing(scene.config(), journal, Disk(), scene.clock).file_as([1], "cars")
    assert filed.row is not None

    found = why(asked(scene, filed.row), scene.config(), scene.clock)

    assert found.said == "cars"
    assert found.decision is not None
    assert found.decision.rule == "cars"
    assert [State.REFILED, State.FILED] == [row.state for row in found.remembered.history]
    assert "cars" in (found.remembered.lesson or "")


def test_rules_that_cannot_be_asked_leave_those_of_then(scene: Scene) -> None:
    """They ask for what is in the file, and that is gone."""
    let_wait(scene, 1)
    photo = asked(scene)
    for place in (scene.watch, scene.library / "Review/memes"):
        (place / "IMG_1.jpg").unlink()
    scene.rules = 'rules: [{name: wide, when: {width: {min: 9000}}, to: "Wide/"}]\n'
    forgotten = replace(photo, known=replace(photo.known, prediction=None))

    found = why(forgotten, scene.config(), scene.clock)

    assert found.is_of_then
    assert found.trouble is not None
    assert ["cars", "memes"] == [each.entry.rule for each in found.rules]


@pytest.mark.parametrize("number", [2, 99])
def test_a_row_that_is_no_photo_has_no_reason(scene: Scene, number: int) -> None:
    """A sidecar's, or none."""
    scene.put("IMG_1.xmp", b"<x/>")
    let_wait(scene, 1)

    with pytest.raises(GalleryError, match="no such photo"):
        asked(scene, number)
