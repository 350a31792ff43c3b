"""Listings while photos stream in: they come to their end, and hold while much is on its way."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.daemon.loop import Inbox, Loop
from gallery_daemon.daemon.watching import Listing
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gallery_daemon.photo import Candidate, Photo

FILES = 1200  # more than two handfuls


class Crowd:
    """Stands in for the pipeline: how many files are on their way is what the test says."""

    def __init__(self) -> None:
        self.load = 0
        self.seen: dict[Candidate, None] = {}  # in order

    def listed(self, photos: Sequence[Photo]) -> int:
        """Those that were not seen before are on their way."""
        new = [photo for photo in photos if photo.candidate not in self.seen]
        for photo in new:
            self.saw(photo.candidate)
        return len(new)

    def saw(self, candidate: Candidate) -> None:
        """It is on its way."""
        self.seen[candidate] = None

    def next_deadline(self) -> float | None:
        """At once."""
        return 0.0

    def turn(self) -> None:
        """Nothing comes to its end here."""


class Listed:
    """A folder with files and a listing of it."""

    def __init__(self, folder: Path) -> None:
        for number in range(FILES):
            (folder / f"{number:04}.jpg").touch()
        self.said = io.StringIO()
        self.crowd = Crowd()
        self.root = WatchRoot("phone", os.fspath(folder))
        self.listing = Listing(
            self.root,
            None,
            self.crowd,  # type: ignore[arg-type]
            make_log(LogFormat.JSON, LogLevel.INFO, self.said),
            SystemClock(),
        )

    def finished(self) -> list[tuple[int, int]]:
        """Names seen and new, of each listing that came to its end."""
        lines = [json.loads(line) for line in self.said.getvalue().splitlines()]
        return [(line["seen"], line["new"]) for line in lines]


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """Not asked for yet."""
    return Listed(tmp_path)


def test_a_listing_ends_however_often_another_is_asked_for(listed: Listed) -> None:
    """Events are lost in every turn of the loop, and yet each listing sees the whole folder."""
    for _ in range(12):
        listed.listing.ask()
        listed.listing.run_due(0.0)

    assert [(FILES, FILES), (FILES, 0), (FILES, 0), (FILES, 0)] == listed.finished()


def test_a_listing_that_was_asked_for_meanwhile_begins_after_it(
    listed: Listed, tmp_path: Path
) -> None:
    """What comes in behind the place that a listing has reached is found by the next one."""
    listed.listing.ask()
    for _ in range(2):
        listed.listing.run_due(0.0)
    (tmp_path / "late.jpg").touch()
    listed.listing.ask()
    listed.listing.ask()

    while listed.listing.is_under_way:
        listed.listing.run_due(0.0)

    assert 2 == len(listed.finished())
    assert listed.root.candidate("late.jpg") in listed.crowd.seen


def test_a_folder_that_is_gone_is_not_listed_until_it_is_asked_for(listed: Listed) -> None:
    """Holding forgets the listing that is under way, and the one that was to follow."""
    listed.listing.ask()
    listed.listing.ask()
    listed.listing.run_due(0.0)
    listed.listing.hold()

    listed.listing.run_due(0.0)

    assert not listed.listing.is_under_way
    assert [] == listed.finished()


def test_events_are_dropped_before_they_keep_a_listing_from_its_end(listed: Listed) -> None:
    """With much on its way an event's photo is left to the listing, which goes on."""
    inbox: Inbox[object] = Inbox()
    clock = SystemClock()
    loop = Loop(listed.crowd, inbox, clock, (listed.listing,))  # type: ignore[arg-type]
    early, late = (listed.root.candidate(name) for name in ("early.jpg", "late.jpg"))
    inbox.candidate(early)
    loop.turn()
    listed.crowd.load = 4_500
    inbox.candidate(late)
    listed.listing.ask()

    loop.turn()

    assert early == next(iter(listed.crowd.seen))
    assert late not in listed.crowd.seen
    assert 501 == len(listed.crowd.seen)
    assert {"phone"} == inbox.take_overflow()


def test_a_listing_holds_while_very_much_is_on_its_way(listed: Listed) -> None:
    """Not one name is taken, and the loop is not kept awake for it."""
    listed.crowd.load = 5_000
    listed.listing.ask()

    listed.listing.run_due(0.0)

    assert {} == listed.crowd.seen
    assert listed.listing.next_deadline() is None
