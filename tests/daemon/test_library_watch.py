"""When the library is looked at for lessons, with real events and a clock moved by hand."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon import library_watch
from gallery_daemon.daemon.beat import BEAT_S
from gallery_daemon.daemon.library_watch import (
    UNWATCHED_EVERY_S,
    WATCHED_EVERY_S,
    LibraryWatch,
)
from gallery_daemon.errors import JournalError
from gallery_daemon.intake import appearances
from gallery_daemon.intake.appearances import Appearances
from gallery_daemon.learning.corrections import STILL_S
from gallery_daemon.learning.library_scan import LibraryScan
from tests.faults.household import HandClock
from tests.filing.conftest import make_files, tmp_path, world
from tests.learning.conftest import shelves
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.learning.shelves import Shelves

__all__ = ["shelves", "tmp_path", "world"]


class Watched:
    """A library that is watched, and time that goes by."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves, self.clock, self.log = shelves, HandClock(), CapturedLog()
        shelves.clock = self.clock  # type: ignore[assignment] # a clock
        self.scan = shelves.scan()
        self.appearances = Appearances(self.scan.root, self.clock)
        self.is_busy = False
        library = os.fspath(shelves.library)
        self.watch = LibraryWatch(
            self.scan, self.appearances, library, self.log, lambda: self.is_busy
        )
        self.looks: list[object] = []
        begin = self.scan.begin

        def noted(paths: list[str] | None = None) -> None:
            self.looks.append(paths)
            begin(paths)

        self.scan.begin = noted  # type: ignore[method-assign, assignment] # to see which look begins

    def go_by(self, seconds: float) -> None:
        """Beat by beat everything that is due is done."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.wait(BEAT_S)
            self.watch.run_due(self.clock.now)
            while (self.watch.next_deadline() or 0) < self.clock.now:
                self.watch.run_due(self.clock.now)

    def wait_for_event(self, name: str) -> None:
        """The kernel has told of the name."""
        until(lambda: name in self.appearances._names)

    def told(self) -> list[str]:
        """What the log says."""
        return [event.NAME for event in self.log.events]


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # noqa: TID251 - another thread's work


@pytest.fixture
def watched(shelves: Shelves) -> Iterator[Watched]:
    """A library with some photos, watched."""
    made = Watched(shelves)
    yield made
    made.watch.stop()


def test_the_whole_library_is_looked_at_at_first_and_daily(watched: Watched) -> None:
    """What happened while no daemon ran is seen, and what the kernel did not tell."""
    watched.shelves.move(watched.shelves.file("x.jpg"), "Cars/")
    watched.clock.wait(100)

    watched.go_by(BEAT_S)
    assert ([None], ["lesson_given"]) == (watched.looks, watched.told())
    watched.go_by(WATCHED_EVERY_S - BEAT_S)
    assert [None] == watched.looks
    watched.go_by(BEAT_S)

    assert [None, None] == watched.looks


def test_what_was_dragged_is_looked_at_when_it_lay_still(watched: Watched) -> None:
    """Only that; and an idle daemon is woken on the beat alone."""
    photo = watched.shelves.file("x.jpg")
    watched.go_by(BEAT_S)
    watched.shelves.move(photo, "Cars/")
    watched.wait_for_event("Cars")

    watched.go_by(STILL_S - BEAT_S)
    assert ([None], []) == (watched.looks, watched.told())
    watched.go_by(2 * BEAT_S)

    assert ["lesson_given"] == watched.told()
    assert 2 == len(watched.looks)
    deadline = watched.watch.next_deadline()
    assert deadline is not None
    assert 0 == deadline % BEAT_S
    assert watched.clock.now < deadline <= watched.clock.now + BEAT_S


def test_a_drag_undone_at_once_is_no_lesson(watched: Watched) -> None:
    """When it is looked at it is at home."""
    photo = watched.shelves.file("x.jpg")
    watched.go_by(BEAT_S)
    dragged = watched.shelves.move(photo, "Cars/")
    watched.go_by(2 * BEAT_S)
    watched.shelves.move(dragged, "Memes/")
    watched.wait_for_event("Memes/x.jpg")

    watched.go_by(3 * STILL_S)

    assert [] == watched.told()


def test_a_copy_and_delete_leads_to_a_look_at_all(watched: Watched) -> None:
    """Because the photo itself might be anywhere."""
    photo = watched.shelves.file("x.jpg")
    (watched.shelves.library / "Cars").mkdir()
    watched.go_by(BEAT_S)
    watched.shelves.copy_and_delete(photo, "Cars")
    watched.wait_for_event("Cars/x.jpg")

    watched.go_by(3 * STILL_S)

    assert ["lesson_given"] == watched.told()
    assert [None, ["Cars/x.jpg"], None] == watched.looks


def test_photos_that_are_on_their_way_come_first(watched: Watched) -> None:
    """A look waits for its next turn until they have come to an end."""
    make_files(watched.shelves.library, {f"{number}.jpg": b"x" for number in range(300)})
    watched.clock.wait(BEAT_S)
    watched.watch.run_due(watched.clock.now)
    assert watched.watch.is_under_way

    watched.is_busy = True
    watched.go_by(10 * BEAT_S)
    assert watched.watch.is_under_way
    watched.is_busy = False
    watched.go_by(BEAT_S)

    assert not watched.watch.is_under_way


def test_more_names_than_there_is_room_for_are_found_by_a_look_at_all(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with what a person carries about."""
    monkeypatch.setattr(appearances, "NAMES_LIMIT", 3)
    watched.go_by(BEAT_S)
    watched.appearances.add(f"{number}.jpg" for number in range(5))
    assert 3 == len(watched.appearances._names)

    watched.go_by(3 * STILL_S)

    assert [None, None] == watched.looks


@pytest.mark.parametrize("why", ["no watches", "too many folders", "a share"])
def test_without_events_the_library_is_looked_at_hourly(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """No watch is taken from the watch folders, and no list of names is held."""
    if why == "no watches":
        refused = OSError(28, "No space left on device")
        monkeypatch.setattr(appearances, "why_no_more_watches", lambda: refused)
    elif why == "a share":
        table = f"1 1 0:1 / {watched.shelves.library} rw - nfs4 server rw\n"
        monkeypatch.setattr(appearances, "read_mountinfo", lambda: table)
    else:
        monkeypatch.setattr(appearances, "FOLDERS_LIMIT", 2)
        for name in "abc":
            (watched.shelves.library / name).mkdir()

    watched.go_by(UNWATCHED_EVERY_S - BEAT_S)
    assert ([None], None) == (watched.looks, watched.appearances._observer)
    watched.go_by(2 * BEAT_S)

    assert [None, None] == watched.looks


def test_a_kernel_without_instances_is_no_crash(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """watchdog takes an instance of inotify as soon as its observer is made, and raises there."""

    def refuse() -> None:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(appearances, "InotifyObserver", refuse)
    watched.go_by(1)

    assert not watched.appearances.is_watching
    assert "max_user_instances" in (watched.appearances.start() or "")
    assert [None] == watched.looks


def test_a_library_that_is_away_is_waited_for(watched: Watched) -> None:
    """Nothing is concluded from an unmounted disk; when it is back, all is looked at."""
    photo = watched.shelves.move(watched.shelves.file("x.jpg"), "Cars/")
    away = watched.shelves.world.home / "away"
    watched.clock.wait(100)
    watched.go_by(BEAT_S)
    assert photo.exists()
    watched.shelves.library.rename(away)
    watched.go_by(2 * WATCHED_EVERY_S)
    assert ([None], ["lesson_given"]) == (watched.looks, watched.told())

    away.rename(watched.shelves.library)
    watched.go_by(2 * BEAT_S)

    assert ([None, None], ["lesson_given"]) == (watched.looks, watched.told())
    assert watched.appearances.is_watching


def test_a_journal_that_is_locked_is_tried_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon goes on meanwhile, and nothing is lost."""
    watched.shelves.move(watched.shelves.file("x.jpg"), "Cars/")
    watched.clock.wait(100)

    def locked(_: LibraryScan) -> None:
        raise JournalError("it is locked")

    with monkeypatch.context() as patch:
        patch.setattr(LibraryScan, "turn", locked)
        watched.watch.run_due(watched.clock.now)
        watched.watch.run_due(watched.clock.now)
    watched.scan._walk = None
    watched.go_by(library_watch._RETRY_S + BEAT_S)

    assert ["lesson_given"] == watched.told()


def test_names_that_are_no_photos_yet_do_not_count(watched: Watched) -> None:
    """Our own temporary files, and what sync tools write."""
    watched.go_by(BEAT_S)
    make_files(watched.shelves.library, {".x.jpg.tmp": b"1", "x.part": b"2", "own.jpg": b"3"})
    watched.wait_for_event("own.jpg")

    assert ["own.jpg"] == list(watched.appearances._names)


def test_events_name_a_library_behind_a_link(shelves: Shelves, tmp_path: Path) -> None:
    """By its own path, whatever the link is called."""
    (tmp_path / "link").symlink_to(shelves.library)
    root = shelves.scan().root
    linked = Appearances(type(root)("library", os.fspath(tmp_path / "link")), HandClock())
    assert linked.start() is None
    make_files(shelves.library, {"own.jpg": b"3"})

    until(lambda: "own.jpg" in linked._names)
    linked.stop()
