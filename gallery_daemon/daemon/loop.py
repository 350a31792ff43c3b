"""The main loop: take what came in, do what is due, sleep until the next deadline.

All work happens in this thread, so settling, rules and filing need no lock: watchers, the
classifier's reader and signal handlers only put things into the `Inbox`. There is no tick: an
idle loop sleeps until an event, a settle window, a rescan or a look at the watches is due. Every
turn is short, so stopping is prompt and the watchdog is fed by progress.

What is held has a bound, however fast photos come in (promise 6): the inbox drops candidates when
it is full, the loop drops them while many files are on their way, and `take_overflow` says which
watch folders must be listed to find them again.
"""

from __future__ import annotations

import math
import queue
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gallery_daemon.photo import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.clock import Clock
    from gallery_daemon.journey.pipeline import Pipeline

Reply = TypeVar("Reply")

_WAITING_LIMIT = 20_000
# Things taken from the inbox before the loop looks at its tasks again.
_BATCH = 500
# Files on their way. Less than what holds a listing, so that events cannot keep it from its end.
_LOAD_LIMIT = 4_000


class Inbox(Generic[Reply]):
    """A queue of candidates and of the classifier's replies, filled by any thread.

    A candidate that is waiting already is not put in twice. `SimpleQueue.put` is re-entrant, so a
    signal handler may call `wake` at any instruction, and no emitter thread ever blocks.
    """

    def __init__(self, limit: int = _WAITING_LIMIT) -> None:
        """`limit` is how many candidates may wait."""
        self._queue: queue.SimpleQueue[Candidate | Reply | None] = queue.SimpleQueue()
        self._waiting: set[Candidate] = set()
        self._limit = limit
        self._overflowed: set[str] = set()

    def candidate(self, candidate: Candidate) -> None:
        """A name was seen; any thread may call this."""
        if candidate in self._waiting:
            return
        if len(self._waiting) >= self._limit:
            self.drop(candidate)
            return
        self._waiting.add(candidate)
        self._queue.put(candidate)

    def drop(self, candidate: Candidate) -> None:
        """There is no room for it; a listing of its watch folder will find it."""
        self._overflowed.add(candidate.source)

    def reply(self, reply: Reply) -> None:
        """The classifier process has something to say; any thread may call this."""
        self._queue.put(reply)

    def wake(self) -> None:
        """The main thread does what is due; a signal handler may call this."""
        self._queue.put(None)

    def take(self, timeout_s: float | None) -> Candidate | Reply | None:
        """The next thing, or None after `timeout_s` seconds (None: never) or a `wake`."""
        try:
            thing = (
                self._queue.get(timeout=timeout_s) if timeout_s != 0 else self._queue.get_nowait()
            )
        except queue.Empty:
            return None
        if isinstance(thing, Candidate):
            # Taken out before it is looked at: an event during the look puts it in again.
            self._waiting.discard(thing)
        return thing

    @property
    def is_empty(self) -> bool:
        """Whether all that came in was taken, and nothing was dropped since `take_overflow`."""
        return self._queue.empty() and not self._overflowed

    def take_overflow(self) -> set[str]:
        """The watch folders, by name, of which candidates were dropped since the last call."""
        # One by one, for other threads add to it: what they add later is for the next call.
        return {self._overflowed.pop() for _ in range(len(self._overflowed))}


class PeriodicTask(Protocol):
    """Something that is due from time to time."""

    def next_deadline(self) -> float | None:
        """When `run_due` is wanted at the latest, in monotonic seconds; None: not by itself."""
        ...

    def run_due(self, now: float) -> None:
        """Do what is due, a moment's work at most."""
        ...


class Loop:
    """Runs turn after turn until it should stop."""

    def __init__(
        self,
        pipeline: Pipeline,
        inbox: Inbox[ChildEvent],
        clock: Clock,
        tasks: tuple[PeriodicTask, ...],
    ) -> None:
        self._pipeline = pipeline
        self._inbox = inbox
        self._clock = clock
        self._tasks = tasks

    def run(self, until: Callable[[], bool]) -> None:
        """Turn until `until` says so; it is asked before every turn."""
        while not until():
            self.turn()

    def turn(self) -> None:
        """One batch of things from the inbox, then everything that is due."""
        timeout = self._timeout()
        for _ in range(_BATCH):
            thing = self._inbox.take(timeout)
            if thing is None:
                break
            self._hand_on(thing)
            timeout = 0
        now = self._clock.monotonic()
        for task in self._tasks:
            task.run_due(now)
        self._pipeline.turn()

    def _hand_on(self, thing: Candidate | ChildEvent) -> None:
        if not isinstance(thing, Candidate):
            self._pipeline.heard(thing)
        elif self._pipeline.load < _LOAD_LIMIT:
            self._pipeline.saw(thing)
        else:
            self._inbox.drop(thing)

    def _timeout(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        deadlines = [task.next_deadline() for task in self._tasks]
        deadlines.append(self._pipeline.next_deadline())
        earliest = min((time for time in deadlines if time is not None), default=math.inf)
        if earliest == math.inf:
            return None
        return max(0.0, earliest - self._clock.monotonic())
