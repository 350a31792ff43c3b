"""The one door into the main thread."""

from __future__ import annotations

import os
import signal
import threading

from gallery_daemon.daemon.loop import Inbox
from gallery_daemon.photo import Candidate


def candidate(number: int) -> Candidate:
    """A candidate of its own for each number."""
    return Candidate("phone", "/in", f"{number}.jpg")


def test_a_candidate_that_waits_is_not_put_in_twice() -> None:
    """Ten events of one file while it waits are one look at it."""
    inbox: Inbox[str] = Inbox()

    for _ in range(10):
        inbox.candidate(candidate(1))

    emptiness = [inbox.is_empty]
    assert candidate(1) == inbox.take(0)
    assert [False, True] == [*emptiness, inbox.is_empty]
    assert inbox.take(0) is None


def test_an_event_after_the_look_is_a_new_look() -> None:
    """Once taken out, the same name may come in again: it may have changed during the look."""
    inbox: Inbox[str] = Inbox()
    inbox.candidate(candidate(1))
    inbox.take(0)

    inbox.candidate(candidate(1))

    assert candidate(1) == inbox.take(0)


def test_a_flood_is_bounded_and_asks_for_a_rescan() -> None:
    """Past the limit candidates are dropped, replies are not; each folder is reported once."""
    inbox: Inbox[str] = Inbox(limit=3)

    for number in range(5):
        inbox.candidate(candidate(number))
    inbox.reply("answer")

    taken = [inbox.take(0) for _ in range(5)]
    assert [candidate(0), candidate(1), candidate(2), "answer", None] == taken
    emptiness = [inbox.is_empty]  # there is more to list
    assert {"phone"} == inbox.take_overflow()
    assert set() == inbox.take_overflow()
    assert [False, True] == [*emptiness, inbox.is_empty]


def test_a_signal_ends_the_wait() -> None:
    """A handler that wakes the inbox ends an endless wait in the main thread."""
    inbox: Inbox[str] = Inbox()
    before = signal.signal(signal.SIGUSR1, lambda *_: inbox.wake())
    try:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()

        assert inbox.take(30) is None
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)
