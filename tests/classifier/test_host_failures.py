"""The host in bad times: a fake process crashes, hangs, babbles, and does not start."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gallery_daemon.classifier.host import Timeouts
from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped
from tests.classifier.loop import DEADLINE_S, photo, running, until_true


def test_a_poison_photo_is_refused_and_everyone_else_answered_once() -> None:
    """The process dies twice of it; photos beside and behind it are answered."""
    names = ["held1.jpg", "held2.jpg", "poison.jpg", "held3.jpg", "a.jpg", "b.jpg"]
    with running() as loop:
        reports = loop.classify(f"/in/{name}" for name in names)

        assert sorted(names) == sorted(report.photo.name for report in loop.answers)
        poison = reports.pop("poison.jpg")
        assert isinstance(poison, Refused)
        assert RefusalKind.UNREADABLE == poison.kind
        assert "reading it crashed the classifier process (SIGSEGV)" == poison.reason
        assert all(isinstance(report, Classified) for report in reports.values())
        assert ["crashed (SIGSEGV)"] * 2 == [s.reason for s in loop.of(ClassifierStopped)]
        assert not loop.of(ClassifierFailed)


def test_a_folder_of_poison_is_refused_photo_by_photo() -> None:
    """Each costs two starts and none is left; a good one among them is answered."""
    names = [*(f"poison{number}.jpg" for number in range(4)), "good.jpg"]
    with running() as loop:
        reports = loop.classify(f"/in/{name}" for name in names)

        assert isinstance(reports.pop("good.jpg"), Classified)
        assert all(isinstance(report, Refused) for report in reports.values())
        assert len(loop.of(ClassifierStarted)) <= 9
        assert not loop.of(ClassifierFailed)


def test_a_photo_that_hangs_is_refused_and_the_others_answered() -> None:
    """After the photo's time the process is killed; the photo is tried alone, and killed again."""
    with running(timeouts=Timeouts(photo_s=0.5)) as loop:
        reports = loop.classify(["/in/a.jpg", "/in/hang.jpg", "/in/b.jpg"])

        reason = str(getattr(reports["hang.jpg"], "reason", None))
        assert reason.startswith("reading it took longer than 0.5 s; to try again: ")
        assert "sort FOLDER --again" in reason
        assert isinstance(reports["a.jpg"], Classified)
        assert isinstance(reports["b.jpg"], Classified)
        assert ["hung for 0.5 s"] * 2 == [s.reason for s in loop.of(ClassifierStopped)]


def test_a_process_that_starts_nothing_has_hung() -> None:
    """It is ready and then deaf: no photo is to blame, so the next attempt waits."""
    with running("/stubborn", Timeouts(photo_s=0.2, retry_s=1000)) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.of(ClassifierFailed)))

        (failed,) = loop.of(ClassifierFailed)
        assert "the classifier process hung for 0.2 s" == failed.error.sentence
        assert 1 == loop.host.outstanding


def test_a_photo_whose_reply_is_garbage_is_refused() -> None:
    """A process that was taken over and babbles is no better than a dead one."""
    with running() as loop:
        reports = loop.classify(["/in/babble.jpg", "/in/a.jpg"])

        babble = reports["babble.jpg"]
        assert isinstance(babble, Refused)
        assert "broke the pipe's rules: a frame of 4294967295 bytes" in babble.reason
        assert isinstance(reports["a.jpg"], Classified)


def test_a_process_that_says_what_is_wrong_is_lost_at_once() -> None:
    """Its own sentence and hint reach the person; the photo stays, and is tried again later."""
    with running("/broken", Timeouts(retry_s=100)) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.reports))

        (failed,) = loop.reports
        assert isinstance(failed, ClassifierFailed)
        assert "the bundle is missing" == failed.error.sentence
        assert "make one" == failed.error.hint
        assert failed.is_lost
        assert 100 == failed.retry_in_s
        assert 1 == loop.host.outstanding


@pytest.mark.parametrize(
    ("bundle", "start_s", "sentence"),
    [
        ("/crash", 60, "the classifier process crashed (exit status 1: no start today)"),
        ("/garbage", 60, "the classifier process crashed (it broke the pipe's rules: "),
        ("/mute", 0.1, "the classifier process was not ready after 0.1 s"),
    ],
)
def test_a_process_that_does_not_start_is_tried_less_and_less_often(
    bundle: str, start_s: float, sentence: str
) -> None:
    """Each attempt waits twice as long; the third is lost; no photo is blamed, none is dropped."""
    with running(bundle, Timeouts(start_s=start_s, retry_s=0.01)) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: len(loop.of(ClassifierFailed)) == 3)

        failures = loop.of(ClassifierFailed)
        assert [0.01, 0.02, 0.04] == [failed.retry_in_s for failed in failures]
        assert [False, False, True] == [failed.is_lost for failed in failures]
        assert all(failed.error.sentence.startswith(sentence) for failed in failures)
        assert failures == loop.reports
        assert ("a.jpg",) == tuple(waiting.name for waiting in loop.host.unanswered)


def test_a_program_that_is_not_there_is_a_failed_start() -> None:
    """An uninstalled interpreter is reported, and no exception stops the main loop."""
    with running(command=("/no/such/python",)) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.reports))

        (failed, *_) = loop.of(ClassifierFailed)
        assert "cannot start the classifier process" in failed.error.sentence


def test_between_failed_starts_the_loop_sleeps() -> None:
    """The next deadline is the next attempt; until then nothing is started."""
    with running("/crash", Timeouts(retry_s=60)) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.reports))

        deadline = loop.host.next_deadline()
        assert deadline is not None
        assert 50 < deadline - loop.now() <= 60
        assert () == loop.host.tick(loop.now() + 40)
        assert not [t for t in threading.enumerate() if t.name.startswith("classifier")]


def test_a_process_killed_from_outside_loses_no_photo() -> None:
    """Whoever was in it is tried again and answered."""
    with running() as loop:
        loop.classify(["/in/a.jpg"])
        (started,) = loop.of(ClassifierStarted)
        for number in range(10):
            loop.host.submit(photo(f"/in/held{number}.jpg"))
        loop.host.tick(loop.now())

        os.kill(started.pid, signal.SIGKILL)
        loop.until(lambda: len(loop.answers) == 11)

        assert all(isinstance(report, Classified) for report in loop.answers)
        (stopped,) = loop.of(ClassifierStopped)
        assert "crashed (SIGKILL, perhaps for want of memory)" == stopped.reason


def test_an_idle_process_killed_from_outside_is_no_failure() -> None:
    """It is noticed, said, and not started again before it is needed."""
    with running() as loop:
        loop.classify(["/in/a.jpg"])
        os.kill(loop.of(ClassifierStarted)[0].pid, signal.SIGKILL)
        loop.until(lambda: bool(loop.of(ClassifierStopped)))

        assert not loop.of(ClassifierFailed)
        assert loop.host.next_deadline() is None


def test_a_loop_that_was_busy_elsewhere_blames_nobody() -> None:
    """It filed for a minute; the answer came in time, but lies in the inbox."""
    with running() as loop:
        loop.classify(["/in/a.jpg"])
        loop.host.submit(photo("/in/b.jpg"))
        loop.host.tick(loop.now())
        loop.host.received(loop.inbox.get(timeout=DEADLINE_S), loop.now())  # started
        until_true(lambda: not loop.inbox.empty())

        loop.skipped_s += 60
        loop.reports += loop.host.tick(loop.now())
        loop.until(lambda: len(loop.answers) == 2)

        assert isinstance(loop.answers[1], Classified)
        assert not loop.of(ClassifierStopped)


@pytest.mark.parametrize("name", ["again", "too late"])
def test_a_process_that_begins_twice_has_broken_the_rules(name: str) -> None:
    """Ready or broken while photos are out: whoever was started is a suspect, nobody is lost."""
    with running() as loop:
        reports = loop.classify([f"/in/{name}.jpg", "/in/a.jpg"])

        bad = reports[f"{name}.jpg"]
        assert isinstance(bad, Refused)
        assert "it began a second time" in bad.reason
        assert not loop.of(ClassifierFailed)
        assert isinstance(reports["a.jpg"], Classified)


def test_an_answer_that_nobody_asked_for_is_not_heard() -> None:
    """It belongs to no photo; the one that was asked for is answered as ever."""
    with running() as loop:
        loop.classify(["/in/unasked.jpg", "/in/a.jpg"])

        assert ["unasked.jpg", "a.jpg"] == [report.photo.name for report in loop.answers]
