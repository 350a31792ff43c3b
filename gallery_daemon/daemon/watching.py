"""Keeping the watches up: started, looked after every few seconds, started again when they died."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gallery_daemon.intake.watch import OverflowListener
from gallery_daemon.logs.events import WatchStarted

if TYPE_CHECKING:
    from gallery_daemon.classifier.child import Arrival as Frame
    from gallery_daemon.daemon.inbox import Inbox
    from gallery_daemon.daemon.listing import Listing
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.intake.watch import Watch
    from gallery_daemon.logs.events import Log

# A vanished folder is noticed within this time; a look costs one stat.
_LOOK_EVERY_S = 5.0


class Watching:
    """All watches of the daemon, each with its listing."""

    def __init__(
        self, pairs: tuple[tuple[Watch, Listing], ...], inbox: Inbox[Frame], log: Log
    ) -> None:
        self._pairs = pairs
        self._inbox = inbox
        self._log = log
        self._next = float("-inf")
        self._was_lost = False
        self._ear = OverflowListener()
        logging.getLogger("watchdog").addHandler(self._ear)

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Those that belong to the watches."""
        return tuple(listing for _, listing in self._pairs)

    @property
    def folders(self) -> tuple[tuple[WatchRoot, bool], ...]:
        """The watch folders, and whether each is there and watched."""
        return tuple((watch.root, watch.is_up) for watch, _ in self._pairs)

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def turn(self, now: float) -> None:
        """Watches that can stand, stand; what they may have missed is listed."""
        dropped, is_lost = self._inbox.take_overflow(), self._ear.take()
        # watchdog speaks of an overflow before its watches stand again: so once more at the look.
        self._was_lost = self._was_lost or is_lost
        is_look = now >= self._next
        for watch, listing in self._pairs:
            if is_lost or (is_look and self._was_lost) or watch.root.source in dropped:
                listing.ask()
        if not is_look:
            return
        self._was_lost = is_lost
        self._next = now + _LOOK_EVERY_S
        for watch, listing in self._pairs:
            self._mend(watch, listing)

    def stop(self) -> None:
        """No event comes any more."""
        for watch, _ in self._pairs:
            watch.stop()
        logging.getLogger("watchdog").removeHandler(self._ear)

    def _mend(self, watch: Watch, listing: Listing) -> None:
        change = watch.mend()
        if change is None:
            return
        if isinstance(change, WatchStarted):
            # The watch stands first and the listing follows, so that nothing falls in between.
            listing.ask()
        else:
            listing.hold()
        self._log.write(change)
