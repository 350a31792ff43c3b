"""The host in ordinary times, with a fake process: started on demand, ended when idle."""

from __future__ import annotations

import threading
import time

import pytest

from gallery_daemon.classifier.host import Timeouts
from gallery_daemon.classifier.results import Classified
from gallery_daemon.logs.events import (
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    EnginesMeasured,
)
from tests.classifier.loop import DEADLINE_S, FAKE, Loop, is_running, photo, running, until_true
from tests.classifier.parent import child_of_killed_parent


def test_nothing_is_started_before_the_first_photo() -> None:
    """An idle daemon has no second process, and nothing to wait for."""
    with running() as loop:
        assert () == loop.host.tick(loop.now())
        assert loop.host.next_deadline() is None


def test_photos_are_answered_in_the_order_they_came() -> None:
    """A hundred of them, with a process that takes them one by one."""
    names = [f"{number}.jpg" for number in range(100)]
    with running() as loop:
        loop.classify(f"/in/{name}" for name in names)

        assert names == [report.photo.name for report in loop.answers]


def test_an_answer_that_was_received_is_told_at_the_next_tick() -> None:
    """Until then the photo counts no longer as outstanding, and there is something to tell."""
    with running() as loop:
        loop.classify(["/in/a.jpg"])
        loop.host.submit(photo("/in/b.jpg"))
        assert not loop.host.tick(loop.now())
        untold = [loop.host.has_untold]
        while loop.host.outstanding:
            loop.host.received(loop.inbox.get(timeout=DEADLINE_S), loop.now())
        untold.append(loop.host.has_untold)

        told = loop.host.tick(loop.now())

        assert [Classified] == [type(event) for event in told]
        assert [False, True, False] == [*untold, loop.host.has_untold]


def test_there_is_room_for_four_batches() -> None:
    """Past that the caller keeps its photos, until an answer makes room."""
    with running(batch_size=2) as loop:
        for number in range(8):
            assert loop.host.has_room
            loop.host.submit(photo(f"/in/{number}.jpg"))
        assert not loop.host.has_room
        assert 8 == loop.host.outstanding

        loop.until(lambda: loop.host.has_room)

        assert loop.answers


def test_an_idle_process_is_ended_and_started_again_on_demand() -> None:
    """After the idle time, not before; the next photo finds a new process."""
    with running(timeouts=Timeouts(idle_s=300)) as loop:
        loop.classify(["/in/a.jpg"])
        (first,) = loop.of(ClassifierStarted)
        loop.skipped_s += 290
        loop.turn()
        assert is_running(first.pid)

        loop.skipped_s += 20
        loop.until(lambda: bool(loop.of(ClassifierStopped)))

        assert not is_running(first.pid)
        assert [ClassifierStopped("idle for 300 s")] == loop.of(ClassifierStopped)
        assert loop.host.next_deadline() is None
        loop.classify(["/in/b.jpg"])
        assert 2 == len(loop.of(ClassifierStarted))
        assert not loop.of(ClassifierFailed)


@pytest.mark.parametrize("bundle", ["/good", "/stubborn", "/mute"])
def test_close_ends_the_process_within_two_seconds(bundle: str) -> None:
    """With photos outstanding, which are given back; nothing is left of the process."""
    loop = Loop(bundle)
    loop.host.submit(photo("/in/hang.jpg"))
    loop.host.submit(photo("/in/b.jpg"))
    loop.turn()
    if bundle != "/mute":
        loop.until(lambda: bool(loop.of(ClassifierStarted)))
        loop.turn()

    began = time.monotonic()
    reports = loop.host.close()

    assert time.monotonic() - began < 2.5  # 2 s, and some for a busy machine
    assert ([] if bundle == "/mute" else [ClassifierStopped("closed")]) == list(reports)
    assert ["hang.jpg", "b.jpg"] == [photo.name for photo in loop.host.unanswered]
    until_true(lambda: not [t for t in threading.enumerate() if t.name.startswith("classifier")])


def test_the_last_words_of_an_ended_process_are_not_heard() -> None:
    """Its end is still in the inbox when the next process is at work already."""
    with running(timeouts=Timeouts(idle_s=300)) as loop:
        loop.classify(["/in/a.jpg"])
        loop.skipped_s += 301
        while not loop.of(ClassifierStopped):
            loop.reports += loop.host.tick(loop.now())
        loop.host.submit(photo("/in/b.jpg"))
        loop.reports += loop.host.tick(loop.now())

        loop.until(lambda: len(loop.answers) == 2)

        assert 2 == len(loop.of(ClassifierStarted))
        assert 1 == len(loop.of(ClassifierStopped))
        assert not loop.of(ClassifierFailed)


def test_a_photo_that_comes_as_the_process_ends_is_classified() -> None:
    """Its idle time is up, but there is something to do now: it is not ended, least of all hung."""
    with running(timeouts=Timeouts(idle_s=300)) as loop:
        loop.classify(["/in/a.jpg"])
        loop.skipped_s += 301

        loop.classify(["/in/b.jpg"])

        assert 1 == len(loop.of(ClassifierStarted))
        assert not loop.of(ClassifierStopped)


def test_engines_that_were_measured_are_told() -> None:
    """Between answers, and no photo is the worse for it."""
    with running() as loop:
        answers = loop.classify(["/in/measured.jpg", "/in/b.jpg"])

        told = EnginesMeasured("openvino cpu int8", {"openvino cpu int8": 50.0})
        assert [told] == loop.of(EnginesMeasured)
        assert all(isinstance(each, Classified) for each in answers.values())


def test_a_process_that_floods_the_log_is_ended() -> None:
    """It parses hostile files; what it may say has a bound."""
    with running() as loop:
        loop.host.submit(photo("/in/gossip.jpg"))
        loop.until(lambda: bool(loop.of(ClassifierStopped)))

        assert len(loop.of(EnginesMeasured)) <= 5
        assert "told of engines" in loop.of(ClassifierStopped)[0].reason


def test_the_process_does_not_outlive_its_parent() -> None:
    """Killed with -9, the daemon leaves no process behind: its pipe's end says so."""
    pid = child_of_killed_parent("/good", FAKE)

    until_true(lambda: not is_running(pid))
