"""The service's main loop in small: what drives a host in these tests."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gallery_daemon.classifier.host import ClassifierHost, HostEvent, Timeouts
from gallery_daemon.classifier.messages import Setup
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.classifier.host import IsEnough

FAKE = (sys.executable, "-P", str(Path(__file__).with_name("fake_worker.py")))
# Only a broken program waits so long; most tests have less, by pytest's own timeout.
DEADLINE_S = 150.0

Kind = TypeVar("Kind")


def setup(bundle: str = "/good", batch_size: int = 16) -> Setup:
    """A Setup with small figures."""
    return Setup(
        bundle=bundle,
        engine="torch",
        device="cpu",
        memory=os.devnull,
        batch_size=batch_size,
        batch_wait_s=0.2,
        max_bytes=10_000_000,
        max_pixels=10_000_000,
        reading_threads=2,
        network_threads=1,
    )


def photo(path: str | Path) -> Photo:
    """A photo settled at `path`, with the identity of the file there, if there is one."""
    folder, _, name = str(path).rpartition("/")
    try:
        stat = os.lstat(path)
        identity = Identity.of(stat)
    except FileNotFoundError:
        identity = Identity(1, 2, 3, 4)
    return Photo(Candidate("phone", folder, name), identity, datetime(2024, 1, 1, tzinfo=UTC))


class Loop:
    """Takes from the inbox, lets the host know, and collects its reports."""

    def __init__(
        self,
        bundle: str = "/good",
        timeouts: Timeouts | None = None,
        command: tuple[str, ...] = FAKE,
        batch_size: int = 16,
        is_enough: IsEnough | None = None,
    ) -> None:
        self.inbox: queue.SimpleQueue[ChildEvent] = queue.SimpleQueue()
        self.host = ClassifierHost(
            setup(bundle, batch_size),
            self.inbox.put,
            timeouts or Timeouts(retry_s=0.01),
            command,
            is_enough,
        )
        self.reports: list[HostEvent] = []
        self.skipped_s = 0.0

    def now(self) -> float:
        """The loop's clock: the machine's, and the time that a test has skipped."""
        return time.monotonic() + self.skipped_s

    def turn(self) -> None:
        """One turn of the loop; waits for half a second at most."""
        deadline = self.host.next_deadline()
        patience_s = 0.5 if deadline is None else min(0.5, max(0.0, deadline - self.now()))
        with suppress(queue.Empty):
            self.host.received(self.inbox.get(timeout=patience_s), self.now())
            while True:
                self.host.received(self.inbox.get_nowait(), self.now())
        self.reports += self.host.tick(self.now())

    def until(self, is_reached: Callable[[], bool]) -> None:
        """Turn until it is so, or fail after the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while not is_reached():
            assert time.monotonic() < deadline, f"not reached; reports: {self.reports}"
            self.turn()

    def classify(self, photos: Iterable[str | Path | Photo]) -> dict[str, Classified | Refused]:
        """All of them are submitted as there is room; the report of each so far, by name."""
        waiting = [each if isinstance(each, Photo) else photo(each) for each in photos]
        expected = len(self.answers) + len(waiting)
        while waiting:
            while waiting and self.host.has_room:
                self.host.submit(waiting.pop(0))
            self.turn()
        self.until(lambda: len(self.answers) >= expected)
        return {report.photo.name: report for report in self.answers}

    @property
    def answers(self) -> list[Classified | Refused]:
        """The photos' reports so far, in order."""
        return [report for report in self.reports if isinstance(report, (Classified, Refused))]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The reports of one kind so far, in order."""
        return [report for report in self.reports if isinstance(report, kind)]


def is_running(pid: int) -> bool:
    """Whether the process lives; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def until_true(is_reached: Callable[[], bool]) -> None:
    """Wait until it is so, or fail after the deadline."""
    pause = threading.Event()
    deadline = time.monotonic() + DEADLINE_S
    while not is_reached():
        assert time.monotonic() < deadline
        pause.wait(0.01)


@contextmanager
def running(
    bundle: str = "/good",
    timeouts: Timeouts | None = None,
    command: tuple[str, ...] = FAKE,
    batch_size: int = 16,
    is_enough: IsEnough | None = None,
) -> Iterator[Loop]:
    """A loop whose host is closed in the end."""
    loop = Loop(bundle, timeouts, command, batch_size, is_enough)
    try:
        yield loop
    finally:
        loop.host.close()
