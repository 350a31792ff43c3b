"""The process as its parent sees it: it always ends, and leaves nothing behind."""

from __future__ import annotations

import queue
import sys
import threading
from pathlib import Path

import pytest

from gallery_daemon.classifier.child import Child, ChildEvent, PipeClosed
from gallery_daemon.classifier.messages import Ready, Request
from gallery_daemon.photo import Identity
from tests.classifier.loop import DEADLINE_S, FAKE, setup, until_true

Inbox = queue.SimpleQueue[ChildEvent]


def script(code: str) -> tuple[str, ...]:
    """A process that runs this code."""
    return (sys.executable, "-c", code)


def start(command: tuple[str, ...]) -> tuple[Child, Inbox]:
    """A running child and where it delivers."""
    inbox: Inbox = queue.SimpleQueue()
    return Child(command, 1, inbox.put), inbox


def test_a_child_that_is_closed_ends_by_itself() -> None:
    """Its input closes, it exits with status 0, and its pipe's end is delivered."""
    child, inbox = start(FAKE)
    child.send(setup())
    assert isinstance(inbox.get(timeout=DEADLINE_S).message, Ready)

    assert "exit status 0" == child.end()

    assert ChildEvent(1, PipeClosed(None)) == inbox.get(timeout=DEADLINE_S)


def test_a_child_that_ignores_its_end_is_killed() -> None:
    """Closing its input does not help, nor does SIGTERM; SIGKILL does."""
    child, inbox = start(FAKE)
    child.send(setup("/stubborn"))
    assert isinstance(inbox.get(timeout=DEADLINE_S).message, Ready)

    assert "SIGKILL" == child.end()


def test_nothing_is_left_of_a_child() -> None:
    """No thread, no open file, no zombie."""
    threads = threading.active_count()
    files = len(list(Path("/proc/self/fd").iterdir()))
    child, inbox = start(FAKE)
    child.send(setup())
    inbox.get(timeout=DEADLINE_S)

    child.kill()

    until_true(lambda: threading.active_count() == threads)
    assert files == len(list(Path("/proc/self/fd").iterdir()))
    assert not Path(f"/proc/{child.pid}").exists()


def test_a_program_that_is_not_there_is_an_error() -> None:
    """And no thread was started for it."""
    with pytest.raises(FileNotFoundError):
        start(("/no/such/python",))


def test_the_last_words_are_the_exception_not_its_frames() -> None:
    """The last line of a traceback that is not indented says the most."""
    child, inbox = start(script("def f():\n  raise OSError('no\\n  memory')\nf()"))
    assert ChildEvent(1, PipeClosed(None)) == inbox.get(timeout=DEADLINE_S)

    assert "exit status 1: OSError: no" == child.reap()


@pytest.mark.parametrize(
    ("name", "described"), [("SIGABRT", "SIGABRT: a word"), ("SIGSEGV", "SIGSEGV")]
)
def test_of_the_signals_only_an_abort_has_last_words(name: str, described: str) -> None:
    """What was on standard error before another signal has nothing to do with it."""
    code = f"import os, signal; os.write(2, b'a word\\n'); os.kill(os.getpid(), signal.{name})"
    child, inbox = start(script(code))
    assert ChildEvent(1, PipeClosed(None)) == inbox.get(timeout=DEADLINE_S)

    assert described == child.reap()


def test_a_flood_on_standard_error_blocks_nobody() -> None:
    """More than any pipe holds is read on and thrown away but for the last lines."""
    code = "import os\nfor n in range(20000): os.write(2, b'line %d\\n' % n)\nos._exit(3)"
    child, inbox = start(script(code))
    assert ChildEvent(1, PipeClosed(None)) == inbox.get(timeout=DEADLINE_S)

    assert "exit status 3: line 19999" == child.reap()


def test_a_child_that_reads_nothing_blocks_nobody() -> None:
    """Far more than a pipe holds is sent to it; the sender goes on, and it can still be killed."""
    child, _ = start(script("import threading; threading.Event().wait()"))
    request = Request(1, "/" + "x" * 4000, Identity(1, 2, 3, 4), want_hash=False)

    for _ in range(200):
        child.send(request)

    assert "SIGKILL" == child.kill()


def test_a_child_that_closes_its_pipe_but_lives_on_is_killed() -> None:
    """It can say nothing any more, so it is of no use."""
    child, inbox = start(script("import os, threading; os.close(1); threading.Event().wait()"))
    assert ChildEvent(1, PipeClosed(None)) == inbox.get(timeout=DEADLINE_S)

    assert "SIGKILL" == child.reap()


def test_garbage_ends_the_conversation() -> None:
    """What is no frame is reported, and nothing after it is read."""
    child, inbox = start(script("import os; os.write(1, b'\\0\\0\\0\\2{}' * 3)"))

    arrival = inbox.get(timeout=DEADLINE_S)
    child.kill()

    assert isinstance(arrival.message, PipeClosed)
    assert "not a message" in (arrival.message.problem or "")
    assert inbox.empty()
