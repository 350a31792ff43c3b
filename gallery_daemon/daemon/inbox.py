"""The one door into the main thread: watchers, the classifier's reader and signals put things in.

Because everything else happens in the main thread, settling, rules and filing need no lock. The
door is bounded: a candidate that waits already is not put in twice, and past `limit` waiting ones
further candidates are dropped and `take_overflow` asks for a listing, which finds them (promise 6).
So fifty thousand events at once cost neither memory nor a photo, and no emitter thread ever blocks.

`SimpleQueue.put` is re-entrant, so a signal handler may call `wake` at any instruction.
"""

from __future__ import annotations

import queue
from typing import Generic, TypeVar

from gallery_daemon.photo import Candidate

Reply = TypeVar("Reply")

WAITING_LIMIT = 20_000


class Inbox(Generic[Reply]):
    """A queue of candidates and of the classifier's replies."""

    def __init__(self, limit: int = WAITING_LIMIT) -> None:
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
        """The main thread looks around now; a signal handler may call this."""
        self._queue.put(None)

    def take(self, timeout_s: float | None) -> Candidate | Reply | None:
        """The next thing, or None after `timeout_s` seconds (None: for ever) or a `wake`."""
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

    def take_overflow(self) -> set[str]:
        """The watch folders, by name, of which candidates were dropped since the last call."""
        # One by one, for other threads add to it: what they add later is for the next call.
        return {self._overflowed.pop() for _ in range(len(self._overflowed))}
