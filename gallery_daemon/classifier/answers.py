"""The classifier process asked about some photos, by whoever only looks: a report for each.

No process starts before the first photo is there, and it ends with the last.
"""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.logs.events import ClassifierFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.classifier.host import IsEnough, Timeouts
    from gallery_daemon.classifier.messages import Setup
    from gallery_daemon.clock import Clock
    from gallery_daemon.photo import Photo


class Answers:
    """Gives a report for each photo, in any order, as soon as it is there."""

    def __init__(
        self,
        setup: Setup,
        clock: Clock,
        timeouts: Timeouts | None = None,
        is_enough: IsEnough | None = None,
    ) -> None:
        self._inbox: queue.SimpleQueue[ChildEvent] = queue.SimpleQueue()
        self._host = ClassifierHost(setup, self._inbox.put, timeouts, is_enough=is_enough)
        self._clock = clock

    def of(self, photos: Iterable[Photo], *, want_hash: bool) -> Iterator[Classified | Refused]:
        """One report for each of the photos, which are taken as there is room for them.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        waiting = iter(photos)
        is_more = True
        try:
            while True:
                while is_more and self._host.has_room:
                    photo = next(waiting, None)
                    is_more = photo is not None
                    if photo is not None:
                        self._host.submit(photo, want_hash=want_hash)
                for report in self._host.tick(self._clock.monotonic()):
                    match report:
                        case Classified() | Refused():
                            yield report
                        case ClassifierFailed(error, is_lost=True):
                            raise error
                        case _:
                            pass  # starts and ends of the process are no answer
                # Asked after the tick, which hands out what the last wait brought.
                if not self._host.outstanding:
                    return
                self._wait()
        finally:
            self._host.close()

    def _wait(self) -> None:
        """Sleep until the process says something or the host wants to be called."""
        now = self._clock.monotonic()
        deadline = self._host.next_deadline()
        timeout = None if deadline is None else max(0.0, deadline - now)
        with contextlib.suppress(queue.Empty):
            self._host.received(self._inbox.get(timeout=timeout), self._clock.monotonic())
            while True:
                self._host.received(self._inbox.get_nowait(), self._clock.monotonic())
