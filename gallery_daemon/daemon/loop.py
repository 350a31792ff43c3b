"""The main loop: take one thing from the inbox, do what is due, wait until the next deadline.

There is no tick: an idle loop sleeps until an event, a settle window, a rescan or a look after the
watches is due. Every turn is short, so stopping is prompt and the watchdog is fed by progress.

While much is on its way, listings hold and what events bring is dropped for a later listing to
find: however fast photos come in, what is held of them has a bound.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from gallery_daemon.photo import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.classifier.child import Arrival as Frame
    from gallery_daemon.clock import Clock
    from gallery_daemon.daemon.inbox import Inbox
    from gallery_daemon.journey.pipeline import Pipeline

# Things taken from the inbox before the loop looks around again.
_HANDFUL = 500
# Files on their way. Less than what holds a listing, so that events cannot keep it from its end.
_LOAD_LIMIT = 4_000


class Chore(Protocol):
    """Something that is due from time to time."""

    def next_deadline(self) -> float | None:
        """When `turn` is wanted at the latest, in monotonic seconds; None: not by itself."""
        ...

    def turn(self, now: float) -> None:
        """Do what is due, and no more than a moment of it."""
        ...


class Loop:
    """Turns until it is told to stop."""

    def __init__(
        self, pipeline: Pipeline, inbox: Inbox[Frame], clock: Clock, chores: tuple[Chore, ...]
    ) -> None:
        self._pipeline = pipeline
        self._inbox = inbox
        self._clock = clock
        self._chores = chores

    def run(self, until: Callable[[], bool]) -> None:
        """Turn until `until` says so; it is asked after every turn."""
        while not until():
            self.turn()

    def turn(self) -> None:
        """One handful of things, then everything that is due."""
        timeout = self._timeout()
        for _ in range(_HANDFUL):
            thing = self._inbox.take(timeout)
            if thing is None:
                break
            self._hand_on(thing)
            timeout = 0
        now = self._clock.monotonic()
        for chore in self._chores:
            chore.turn(now)
        self._pipeline.turn()

    def _hand_on(self, thing: Candidate | Frame) -> None:
        if not isinstance(thing, Candidate):
            self._pipeline.heard(thing)
        elif self._pipeline.load < _LOAD_LIMIT:
            self._pipeline.saw(thing)
        else:
            self._inbox.drop(thing)

    def _timeout(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        deadlines = [chore.next_deadline() for chore in self._chores]
        deadlines.append(self._pipeline.next_deadline())
        earliest = min((time for time in deadlines if time is not None), default=math.inf)
        if earliest == math.inf:
            return None
        return max(0.0, earliest - self._clock.monotonic())
