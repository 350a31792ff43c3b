"""The ends a file comes to: in the journal, in the log, and what its sidecars do then."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from gallery_daemon.errors import AlreadyFiled, FilingError, JournalError, PhotoChanged, PhotoGone
from gallery_daemon.filing.execute import Filer
from gallery_daemon.journal.journal import Journal
from tests.faults.belongings import Belongings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gallery_daemon.errors import GalleryError
    from gallery_daemon.filing.joint_acts import Result
    from gallery_daemon.filing.steps import Deed
    from tests.faults.household import Household


def lines(household: Household, event: str) -> list[dict[str, Any]]:
    """What the log says by that event, file by file."""
    found = map(json.loads, household.log.getvalue().splitlines())
    return [{**line, "photo": line["photo"].rpartition("/")[2]} for line in found
            if line["event"] == event]  # fmt: skip


@contextmanager
def refusing(error: GalleryError) -> Iterator[None]:
    """No photo can be filed, for one reason."""

    def refuse(deeds: Sequence[Deed], _when: datetime) -> list[Result]:
        return [error] * len(deeds)

    with patch.object(Filer, "execute_all", side_effect=refuse):
        yield


@pytest.fixture
def has(household: Household) -> Belongings:
    """A photo with its film in the watch folder, and the daemon runs."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    has.put("cars.mov", has.film())
    household.start()
    return has


@pytest.mark.parametrize(
    ("error", "retry_in_s", "is_open"),
    [
        (FilingError("no room", transient=True), 5.0, False),
        (FilingError("no room", transient=True, of_library=True), 5.0, True),
        (FilingError("its name is too long", transient=False), None, False),
        (JournalError("the journal is locked"), 5.0, True),
    ],
)
@pytest.mark.usefixtures("has")
def test_a_refusal_is_tried_again_if_it_may_pass(
    household: Household, error: GalleryError, retry_in_s: float | None, is_open: bool
) -> None:
    """And one of the library itself lets no other photo begin until a probe succeeds."""
    with refusing(error):
        household.rescan(3.0)

    (failed,) = lines(household, "photo_failed")
    assert (str(error), retry_in_s) == (failed["reason"], failed.get("retry_in_s"))
    assert is_open == (household.present.breaker.reason is not None)
    assert 1 == len(household.present.retries)

    household.rescan(1000.0)

    assert ["cars.jpg"] * (retry_in_s is not None) == [
        line["photo"] for line in lines(household, "photo_filed")
    ]
    assert household.present.breaker.reason is None


@pytest.mark.usefixtures("has")
def test_sidecars_of_a_photo_that_fails_wait_for_it(household: Household) -> None:
    """They have no end before it has one, and travel with it then."""
    with refusing(FilingError("no room", transient=True)):
        household.rescan(3.0)
    before = household.log.getvalue()

    household.rescan(100.0)

    assert "cars.mov" not in before
    assert [["cars.mov"]] == [line["sidecars"] for line in lines(household, "photo_filed")]


@pytest.mark.parametrize(
    "error", [PhotoChanged("another file took its name"), AlreadyFiled("by another program")]
)
@pytest.mark.usefixtures("has")
def test_what_changed_or_was_filed_by_another_has_no_line(
    household: Household, error: Exception
) -> None:
    """It settles once more, its film too, and both are filed then; nothing waits for a retry."""
    with patch.object(Filer, "execute_all", side_effect=[[error]]):
        household.rescan(1.0)
    assert 0 == len(household.present.retries)
    assert "" == household.log.getvalue()

    household.rescan(10.0)

    filed = [line["photo"] for line in lines(household, "photo_filed")]
    assert ["cars.jpg", "cars.mov"] == filed


def test_a_photo_that_vanished_is_not_waited_for(household: Household, has: Belongings) -> None:
    """Its film is on its own, and stays."""
    with refusing(PhotoGone("it vanished")):
        has.place("cars.mov")
        household.rescan(1.0)
        has.place("cars.jpg").unlink()
        household.rescan(10.0)

    assert "it vanished" == lines(household, "photo_failed")[0]["reason"]
    assert 0 == len(household.present.retries)
    assert [("cars.mov", "a video, not a photo")] == [
        (line["photo"], line["reason"]) for line in lines(household, "photo_left")
    ]


def test_an_end_that_cannot_be_recorded_comes_later(household: Household) -> None:
    """A full disk of the journal's: the photo that is to be left waits, and is left once."""
    has = Belongings(household.watch, household.library)
    has.put("keep.jpg", has.photo())
    household.start()
    with patch.object(Journal, "record_each", side_effect=JournalError("the disk is full")):
        household.rescan(3.0)
    failed = lines(household, "photo_failed")

    household.rescan(100.0)

    assert ["the disk is full"] == [line["reason"] for line in failed]
    assert ["the rule keep leaves it"] == [
        line["reason"] for line in lines(household, "photo_left")
    ]
