"""The main loop: what it does in a turn, in which order, and how long it sleeps."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.loop import Inbox, Loop
from gallery_daemon.photo import Candidate
from tests.faults.household import HandClock

if TYPE_CHECKING:
    from gallery_daemon.daemon.loop import PeriodicTask

FULL = 4_000


class Recorder:
    """Stands in for the pipeline and for a task; notes what was called."""

    def __init__(self, deadline: float | None = None, load: int = 0) -> None:
        self.calls: list[object] = []
        self.deadline, self.load = deadline, load

    def saw(self, candidate: Candidate) -> None:
        """A name was seen."""
        self.calls.append(candidate.relative)

    def heard(self, frame: object) -> None:
        """The classifier process has said something."""
        self.calls.append(frame)

    def turn(self) -> None:
        """All that is due for photos is done."""
        self.calls.append("turn")

    def next_deadline(self) -> float | None:
        """What the test says."""
        return self.deadline

    def run_due(self, now: float) -> None:
        """All that is due is done."""
        self.calls.append(now)


class Sleepless(Inbox[str]):
    """An inbox that notes for how long it was waited for, and does not let wait."""

    def __init__(self) -> None:
        super().__init__()
        self.timeouts: list[float | None] = []

    def take(self, timeout_s: float | None) -> Candidate | str | None:
        """What is there."""
        self.timeouts.append(timeout_s)
        return super().take(0)


def name(number: int) -> Candidate:
    """A file of that number."""
    return Candidate("phone", "/in", f"{number}.jpg")


def loop_of(pipeline: Recorder, inbox: Inbox[str], *tasks: PeriodicTask) -> Loop:
    """A loop at the clock's zero."""
    clock = HandClock()
    clock.now = 0.0
    return Loop(pipeline, inbox, clock, tasks)  # type: ignore[arg-type]


def test_a_turn_takes_the_inbox_then_the_tasks_then_the_pipeline() -> None:
    """Names and replies in their order; tasks see them counted, and photos move last."""
    calls = Recorder()
    task = Recorder()
    task.calls = calls.calls
    inbox: Inbox[str] = Inbox()
    inbox.candidate(name(1))
    inbox.reply("answer")
    inbox.candidate(name(2))

    loop_of(calls, inbox, task).turn()

    assert ["1.jpg", "answer", "2.jpg", 0.0, "turn"] == calls.calls


def test_one_turn_takes_a_bounded_number_of_things() -> None:
    """However many wait, tasks get their turn: the watchdog must be fed in a flood."""
    calls, inbox = Recorder(), Inbox[str]()
    for number in range(1_200):
        inbox.candidate(name(number))

    loop_of(calls, inbox).turn()

    assert 500 == calls.calls.index("turn")


def test_names_are_dropped_for_a_listing_while_much_is_on_its_way() -> None:
    """Not forgotten: their watch folder is listed later. Replies are never dropped."""
    calls, inbox = Recorder(load=FULL), Inbox[str]()
    inbox.candidate(name(1))
    inbox.reply("answer")

    loop_of(calls, inbox).turn()

    assert ["answer", "turn"] == calls.calls
    assert {"phone"} == inbox.take_overflow()


@pytest.mark.parametrize(
    ("pipeline", "tasks", "timeout"),
    [
        (None, (), None),
        (None, (None, None), None),
        (7.0, (None,), 7.0),
        (7.0, (9.0, 3.0), 3.0),
        (-1.0, (3.0,), 0.0),
        (float("inf"), (None,), None),
    ],
)
def test_the_loop_sleeps_until_the_next_deadline(
    pipeline: float | None, tasks: tuple[float | None, ...], timeout: float | None
) -> None:
    """The earliest of all; for ever if there is none; not at all if it is past."""
    inbox = Sleepless()

    loop_of(Recorder(pipeline), inbox, *map(Recorder, tasks)).turn()

    assert timeout == inbox.timeouts[0]


def test_only_the_first_thing_is_waited_for() -> None:
    """What else is there comes with it; when nothing is, the turn goes on."""
    inbox = Sleepless()
    inbox.candidate(name(1))

    loop_of(Recorder(5.0), inbox).turn()

    assert [5.0, 0] == inbox.timeouts


def test_a_wake_ends_the_sleep() -> None:
    """From another thread, though no deadline is near."""
    inbox: Inbox[str] = Inbox()
    pipeline = Recorder(None)
    timer = Timer(0.05, inbox.wake)
    timer.start()

    loop_of(pipeline, inbox).turn()
    timer.join()

    assert ["turn"] == pipeline.calls


def test_the_end_is_asked_for_before_every_turn() -> None:
    """So a stop that is asked for before the loop begins is obeyed."""
    pipeline, answers = Recorder(0.0), [True, False, False]

    loop_of(pipeline, Inbox()).run(until=answers.pop)

    assert ["turn", "turn"] == pipeline.calls
