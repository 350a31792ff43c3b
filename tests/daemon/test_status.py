"""How things are: for who asks at the socket, for the service manager, from the journal."""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon import __version__
from gallery_daemon.daemon.configuration import manifest_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.loop import Inbox
from gallery_daemon.daemon.model_state import ModelState
from gallery_daemon.daemon.status import (
    Heartbeat,
    StatusSocket,
    Throughput,
    in_trouble,
    snapshot_of,
)
from gallery_daemon.daemon.systemd import Notifier
from gallery_daemon.daemon.watching import Watching
from gallery_daemon.errors import ConfigError, GalleryError
from gallery_daemon.journal.record import JournalEntry, State
from gallery_daemon.photo import Candidate, Identity
from tests.filing.conftest import NOW, World, make_files
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.daemon.wiring import Runtime
    from tests.faults.household import Household

IDENTITY = Identity(1, 2, 3, 4)


class Recorder(Notifier):
    """A service manager whose every word is kept."""

    def __init__(self, watchdog_s: float | None) -> None:
        super().__init__(None, watchdog_s)
        self.words: list[str] = []

    def alive(self) -> None:
        """The loop turned."""
        self.words.append("alive")

    def status(self, text: str) -> None:
        """The line changed."""
        self.words.append(text)


class Waiter:
    """An instance lock at which somebody waits for an answer."""

    def __init__(self) -> None:
        self.answers: list[str] = []

    def answer(self, snapshot: Callable[[], str]) -> None:
        """It is given."""
        self.answers.append(snapshot())


@pytest.fixture
def runtime(household: Household) -> Iterator[Runtime]:
    """A daemon's parts, of which nothing runs."""
    household.start()
    yield household.present
    household.present.host.close()


REJECTED = (
    ConfigError("unknown key", file="config.yaml", line=3, column=1, hint="leave it out"),
    GalleryError("another daemon watches it"),
)


def snapshot(runtime: Runtime, now: float = 1_000.0) -> dict[str, object]:
    """What a daemon that watches nothing yet says of itself."""
    inbox = Inbox[object]()
    watching = Watching((), inbox, CapturedLog())  # type: ignore[arg-type]
    model = ModelState.of(runtime.config).snapshot(None, None)
    words = snapshot_of(runtime, watching, Throughput(runtime.tally), REJECTED, now, model=model)
    watching.stop()
    assert words.isascii()
    found: dict[str, object] = json.loads(words)
    return found


def test_a_snapshot_has_the_published_names(runtime: Runtime) -> None:
    """Scripts read them; an idle daemon has nothing on its way, and no process of its own."""
    found = snapshot(runtime)

    assert {
        "pid": os.getpid(),
        "version": __version__,
        "config": "config.yaml",
        "digest": runtime.config.digest,
        "rejected": [
            {"place": "config.yaml:3:1", "error": "unknown key", "hint": "leave it out"},
            {"place": None, "error": "another daemon watches it", "hint": None},
        ],
        "since": runtime.since.isoformat(timespec="seconds"),
        "library": runtime.config.library,
        "journal": str(journal_path()),
        "watch": [],
        "model": {
            "id": manifest_of(runtime.config.model).model_id,
            "version": 0,
            "learned": None,
            "lessons": 0,
            "lessons_since": None,
            "is_learning": False,
            "trouble": None,
            "drift": None,
        },
        "on_their_way": 0,
        "backlog": {"settling": 0, "waiting": 0, "classifying": 0},
        "per_minute": {"1": 0.0, "5": 0.0, "15": 0.0},
        "since_start": {"filed": 0, "left": 0, "quarantined": 0, "failed": 0},
        "classifier": {
            "state": "idle",
            "pid": None,
            "model": None,
            "engine": None,
            "started": None,
            "stopped_because": None,
            "trouble": None,
        },
        "waiting": [],
        "waiting_in_all": 0,
        "paused_because": None,
    } == found


def test_photos_that_wait_are_named_with_their_reason(
    runtime: Runtime, household: Household
) -> None:
    """When the next attempt is due, or null until the photo changes; one that is gone is not."""
    make_files(household.watch, {"soon.jpg": b"x", "never.jpg": b"x"})
    for name, is_transient in (("soon.jpg", True), ("never.jpg", False), ("gone.jpg", True)):
        candidate = Candidate("phone", os.fspath(household.watch), name)
        runtime.retries.failed(
            candidate, IDENTITY, f"no {name}", 1_000.0, is_transient=is_transient
        )

    found = snapshot(runtime, now=1_001.0)

    waiting = found["waiting"]
    assert isinstance(waiting, list)
    assert {("no soon.jpg", 1), ("no never.jpg", 1)} == {
        (each["reason"], each["attempts"]) for each in waiting
    }
    retry_in_s = {each["reason"]: each["retry_in_s"] for each in waiting}
    assert retry_in_s["no never.jpg"] is None
    assert 0.0 <= retry_in_s["no soon.jpg"] < math.inf
    assert 3 == found["waiting_in_all"]


def test_a_paused_library_says_why(runtime: Runtime) -> None:
    """The reason of the refusal, in the words of the log."""
    runtime.breaker.failed("no space is left", 1_000.0)

    assert "no space is left" == snapshot(runtime)["paused_because"]


def test_whoever_waits_at_the_socket_is_answered_in_the_next_turn() -> None:
    """With a snapshot of that moment; the task itself is never due."""
    waiter = Waiter()
    socket = StatusSocket(waiter, lambda now: f"at {now}")  # type: ignore[arg-type]

    socket.run_due(12.5)

    assert ["at 12.5"] == waiter.answers
    assert socket.next_deadline() is None


def test_the_watchdog_is_fed_and_a_new_line_sent() -> None:
    """Fed at half the manager's timeout; the same words are not sent twice."""
    manager, line = Recorder(watchdog_s=5.0), ["0 filed"]
    heartbeat = Heartbeat(manager, lambda: line[0])

    heartbeat.run_due(0.0)
    heartbeat.run_due(4.9)
    heartbeat.run_due(5.0)
    line[0] = "1 filed"
    heartbeat.run_due(10.0)

    assert ["alive", "0 filed", "alive", "alive", "1 filed"] == manager.words
    assert 15.0 == heartbeat.next_deadline()


def test_without_a_watchdog_an_idle_loop_is_not_woken() -> None:
    """The line is refreshed with other work, every ten seconds at most."""
    manager = Recorder(watchdog_s=None)
    heartbeat = Heartbeat(manager, lambda: "idle")

    for second in range(25):
        heartbeat.run_due(float(second))

    assert ["alive", "idle", "alive", "alive"] == manager.words
    assert heartbeat.next_deadline() is None


def test_in_trouble_is_what_failed_last_and_is_still_there(world: World) -> None:
    """Not what came to another end since, nor what the person has taken away; newest first."""
    make_files(world.watch, dict.fromkeys(("a.jpg", "b.jpg", "mended.jpg", "gone.jpg"), b"x"))
    library = os.fspath(world.library)
    for name in ("a.jpg", "mended.jpg", "gone.jpg", "b.jpg"):
        world.journal.record(JournalEntry(world.photo(name), State.FAILED, "full"), library, NOW)
    world.journal.record(
        JournalEntry(world.photo("mended.jpg"), State.LEFT, "no rule"), library, NOW
    )
    (world.watch / "gone.jpg").unlink()

    found = in_trouble(world.journal, State.FAILED)

    assert ["b.jpg", "a.jpg"] == [row.relative for row in found]
    assert [] == in_trouble(world.journal, State.QUARANTINED)
