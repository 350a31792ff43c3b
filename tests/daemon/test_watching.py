"""Keeping the watches up, with watches that do what the test says."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.loop import Inbox
from gallery_daemon.daemon.watching import Watching
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.logs.events import WatchLost, WatchStarted
from gallery_daemon.photo import Candidate
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE = WatchStarted("phone", "/in", "inotify", "ext4 gives events")
LOST = WatchLost("phone", "/in", "No such file or directory")


class ScriptedWatch:
    """A watch whose changes the test sets."""

    def __init__(self, name: str) -> None:
        self.root = WatchRoot(name, f"/{name}")
        self.changes: list[WatchStarted | WatchLost | None] = []
        self.is_up, self.is_stopped = False, False

    def mend(self) -> WatchStarted | WatchLost | None:
        """The next change, if there is one."""
        change = self.changes.pop(0) if self.changes else None
        if change is not None:
            self.is_up = isinstance(change, WatchStarted)
        return change

    def stop(self) -> None:
        """No more events."""
        self.is_stopped = True


class Asked:
    """A listing that notes what was asked of it."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def ask(self) -> None:
        """A listing is wanted."""
        self.calls.append("ask")

    def hold(self) -> None:
        """No listing for now."""
        self.calls.append("hold")


class World:
    """Two watch folders, their listings, and an inbox."""

    def __init__(self) -> None:
        self.phone, self.camera = ScriptedWatch("phone"), ScriptedWatch("camera")
        self.of_phone, self.of_camera = Asked(), Asked()
        self.inbox: Inbox[str] = Inbox(limit=0)
        self.log = CapturedLog()
        pairs = ((self.phone, self.of_phone), (self.camera, self.of_camera))
        self.watching = Watching(pairs, self.inbox, self.log)  # type: ignore[arg-type]


@pytest.fixture
def two() -> Iterator[World]:
    """Not looked at yet."""
    world = World()
    yield world
    world.watching.stop()


def test_a_watch_that_starts_is_logged_and_listed(two: World) -> None:
    """The watch first, then the listing of what was there before."""
    two.phone.changes = [PHONE]

    two.watching.run_due(0.0)

    assert [PHONE] == two.log.events
    assert (["ask"], []) == (two.of_phone.calls, two.of_camera.calls)
    assert [("phone", True), ("camera", False)] == [
        (root.source, is_up) for root, is_up in two.watching.folders
    ]


def test_a_folder_that_is_gone_is_not_listed_until_it_is_back(two: World) -> None:
    """An empty place is not an empty folder: nothing is concluded from it."""
    two.phone.changes = [LOST, PHONE]

    two.watching.run_due(0.0)
    two.watching.run_due(5.0)

    assert [LOST, PHONE] == two.log.events
    assert ["hold", "ask"] == two.of_phone.calls


def test_watches_are_looked_at_every_five_seconds(two: World) -> None:
    """Not in every turn of a busy loop."""
    two.watching.run_due(0.0)
    two.phone.changes = [PHONE]

    two.watching.run_due(4.9)
    early = list(two.log.events)
    deadline = two.watching.next_deadline()
    two.watching.run_due(5.0)

    assert ([], 5.0) == (early, deadline)
    assert [PHONE] == two.log.events


def test_what_was_dropped_is_listed_in_its_own_folder(two: World) -> None:
    """At once, and the other folder is left alone."""
    two.watching.run_due(0.0)
    two.inbox.candidate(Candidate("camera", "/camera", "a.jpg"))

    two.watching.run_due(0.1)
    two.watching.run_due(0.2)

    assert ([], ["ask"]) == (two.of_phone.calls, two.of_camera.calls)


def test_after_an_overflow_every_folder_is_listed_and_once_more(two: World) -> None:
    """watchdog reports it before its watches are back, so what came in between is listed later."""
    two.watching.run_due(0.0)
    logging.getLogger("watchdog.observers.inotify").warning("inotify queue overflow")

    two.watching.run_due(1.0)
    at_once = (list(two.of_phone.calls), list(two.of_camera.calls))
    two.watching.run_due(2.0)
    two.watching.run_due(5.0)
    two.watching.run_due(10.0)

    assert (["ask"], ["ask"]) == at_once
    assert (["ask", "ask"], ["ask", "ask"]) == (two.of_phone.calls, two.of_camera.calls)


def test_no_event_comes_after_the_stop(two: World) -> None:
    """Both watches end, and watchdog's log has no listener any more."""
    handlers = list(logging.getLogger("watchdog").handlers)

    two.watching.stop()

    assert two.phone.is_stopped
    assert two.camera.is_stopped
    assert len(handlers) - 1 == len(logging.getLogger("watchdog").handlers)
